// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/// Certificates and private keys in the textual form of RFC 7468.
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

  // what stands before a key of PKCS#1 in PKCS#8: the version, and the algorithm rsaEncryption
  private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  // the identifier id-ecPublicKey
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private Pem() {}

  /// Returns all certificates in a text.
  ///
  /// @throws IllegalArgumentException if there is none, or one cannot be read
  static List<X509Certificate> certificates(String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(text); block.find(); ) {
      if (block.group(1).endsWith("CERTIFICATE")) {
        certificates.add(certificate(decode(block.group(2))));
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected PEM with -----BEGIN CERTIFICATE-----, found " + contents(text));
    }
    return certificates;
  }

  private static X509Certificate certificate(byte[] der) {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("Expected an X.509 certificate in PEM", e);
    }
  }

  /// Returns the first private key in a text.
  ///
  /// @param password decrypts the key; null if it is not encrypted
  /// @throws IllegalArgumentException if there is none, or it cannot be read
  static PrivateKey privateKey(String text, char @Nullable [] password) {
    for (Matcher block = BLOCK.matcher(text); block.find(); ) {
      String label = block.group(1);
      if (label.endsWith("PRIVATE KEY")) {
        try {
          return privateKey(label, block.group(2), password);
        } catch (GeneralSecurityException | IOException e) {
          throw new IllegalArgumentException(
              "Expected a private key in PEM, found %s that cannot be read%s"
                  .formatted(label, password == null ? "" : " with this password"),
              e);
        }
      }
    }
    throw new IllegalArgumentException(
        "Expected PEM with -----BEGIN PRIVATE KEY-----, found " + contents(text));
  }

  private static PrivateKey privateKey(String label, String body, char @Nullable [] password)
      throws GeneralSecurityException, IOException {
    if (body.contains("Proc-Type:")) {
      throw new IllegalArgumentException(
          "Expected a private key that is not encrypted, or encrypted as PKCS#8 (-----BEGIN"
              + " ENCRYPTED PRIVATE KEY-----), found OpenSSL's old form; convert it with `openssl"
              + " pkcs8 -topk8`");
    }
    byte[] der = decode(body);
    return switch (label) {
      case "PRIVATE KEY" -> read(new PKCS8EncodedKeySpec(der));
      case "RSA PRIVATE KEY" -> read(new PKCS8EncodedKeySpec(der(0x30, RSA, der(0x04, der))));
      case "EC PRIVATE KEY" ->
        read(new PKCS8EncodedKeySpec(
            der(0x30, new byte[] {2, 1, 0}, der(0x30, EC, curve(der)), der(0x04, der))));
      case "ENCRYPTED PRIVATE KEY" -> read(decrypt(der, password));
      default ->
        throw new IllegalArgumentException(
            "Expected a private key in PKCS#8, or of RSA or EC, found -----BEGIN " + label
                + "-----");
    };
  }

  private static PKCS8EncodedKeySpec decrypt(byte[] der, char @Nullable [] password)
      throws GeneralSecurityException, IOException {
    if (password == null) {
      throw new IllegalArgumentException(
          "Expected a password, as the private key is encrypted, got none");
    }
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
    AlgorithmParameters parameters = info.getAlgParameters();
    // With PBES2 the parameters say what the algorithm is.
    String algorithm = info.getAlgName().startsWith("PBE") && !info.getAlgName().equals("PBES2")
        ? info.getAlgName()
        : String.valueOf(parameters);
    SecretKey key =
        SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password));
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.DECRYPT_MODE, key, parameters);
    return info.getKeySpec(cipher);
  }

  /// The algorithm is inside, but no class of the JDK looks for it there.
  private static PrivateKey read(PKCS8EncodedKeySpec key) throws GeneralSecurityException {
    InvalidKeySpecException failure = null;
    for (String algorithm : List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(key);
      } catch (InvalidKeySpecException e) {
        failure = e;
      }
    }
    throw failure == null ? new InvalidKeySpecException() : failure;
  }

  /// Returns the curve that an EC key of SEC 1 (RFC 5915) names: the element with the tag [0].
  private static byte[] curve(byte[] key) {
    try {
      return findCurve(key);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("Expected an EC private key in DER", e);
    }
  }

  private static byte[] findCurve(byte[] key) {
    int at = contentsOf(key, 0);
    while (at < key.length) {
      int begin = contentsOf(key, at);
      int end = begin + lengthAt(key, at);
      if (end < begin || end > key.length) {
        throw new IllegalArgumentException(
            "Expected an EC private key in DER, found an element beyond its end");
      }
      if ((key[at] & 0xff) == 0xa0) {
        return java.util.Arrays.copyOfRange(key, begin, end);
      }
      at = end;
    }
    throw new IllegalArgumentException("Expected an EC private key that names its curve");
  }

  private static int contentsOf(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int lengthAt(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < first - 0x80; i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  /// Returns an element of DER.
  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] decode(String body) {
    return Base64.getMimeDecoder().decode(body);
  }

  private static String contents(String text) {
    Matcher block = BLOCK.matcher(text);
    return block.find()
        ? "-----BEGIN " + block.group(1) + "-----"
        : "a text of %d characters without such a block".formatted(text.length());
  }
}
