// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.net.Certificates.SERVER;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsContextTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }

  // ---- Keys

  @Test
  void a_key_of_pkcs_1_is_read() throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
    // The key of PKCS#1 is what PKCS#8 wraps, after a header of 26 bytes.
    byte[] wrapped = key.getEncoded();
    byte[] inner = java.util.Arrays.copyOfRange(wrapped, 26, wrapped.length);

    assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", inner), null)).isEqualTo(key);
    assertThat(Pem.privateKey("some text\n" + pem("PRIVATE KEY", wrapped), null))
        .isEqualTo(key);
  }

  @Test
  void a_key_of_sec_1_is_read() {
    // made by `openssl ecparam -name prime256v1 -genkey -noout`
    String key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIGTLsvxSEUmBQ7pzQ/zTGaUQ5fkGFM3RK77QCu3LdCkwoAoGCCqGSM49
        AwEHoUQDQgAEQoP07/zh/oR0bfIx8hx3jkI8DNcqPz45HuXxY6unSNzewc28q8WK
        HR7fMg7YTdNEJX1V7Gn0JEj6AzkqHw7TBQ==
        -----END EC PRIVATE KEY-----
        """;
    assertThat(Pem.privateKey(key, null).getAlgorithm()).isEqualTo("EC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void keys_of_all_algorithms_are_read(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp384r1"));
    }
    PrivateKey key = generator.generateKeyPair().getPrivate();
    assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()), null)).isEqualTo(key);
  }

  @Test
  void an_encrypted_key_is_read_with_its_password() {
    // made by `openssl genpkey -algorithm EC` and `openssl pkcs8 -topk8`
    PrivateKey key = Pem.privateKey("""
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdSyTygFAFxavQWw1
        75VuT4iPKS57BzoZEujHHqxkbFWhRANCAASbXolLhznzAKePcofFui5fMRvPErhP
        m5Q+3oQnp7BaTB+/Kcr2SFCSxkrMff6xKIKrgU/55J3yrhQLMEjY2VNp
        -----END PRIVATE KEY-----
        """, null);
    String text = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAig36AIofy79wICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOQ3Qz/x4bCWipUhBkVpotAEgZDq
        MGY1VC7fu6qvc2Z5PPZQsX03dM5ZPl6tIkIbW2WUt4gG3EM0fVoy768dP5nqB4k9
        TfN5RJaq644huSYWafhYw7bfQfpWRt5SYOA3UoXaZNS8We0ZlTxxYI8EO6jVujZY
        uafMENUQE6zIJvx3pVirLsSLMU26FhlbBURG3iW3BajQVBQAZgf4NyVpAisxAfI=
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    assertThat(Pem.privateKey(text, PASSWORD)).isEqualTo(key);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.privateKey(text, null))
        .withMessage("Expected a password, as the private key is encrypted, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.privateKey(text, "wrong".toCharArray()))
        .withMessageContaining("cannot be read with this password");
  }

  @Test
  void what_is_not_a_key_is_refused_with_what_it_is() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.privateKey(SERVER.getCertificatePEM(), null))
        .withMessage(
            "Expected PEM with -----BEGIN PRIVATE KEY-----, found -----BEGIN CERTIFICATE-----");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.certificates("nothing"))
        .withMessageContaining("found a text of 7 characters without such a block");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.privateKey(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
                + "-----END RSA PRIVATE KEY-----",
            PASSWORD))
        .withMessageContaining("openssl pkcs8 -topk8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pem.privateKey(pem("PRIVATE KEY", HexFormat.of().parseHex("3000")), null))
        .withMessageContaining("cannot be read");
  }

  // ---- Contexts

  @ParameterizedTest
  @EnumSource(TlsEngine.class)
  void a_context_is_made_of_files_and_of_key_stores(TlsEngine engine, @TempDir Path directory)
      throws Exception {
    Path chain = Files.writeString(directory.resolve("chain.pem"), SERVER.getCertificatePathPEM());
    Path key = Files.writeString(directory.resolve("key.pem"), SERVER.getPrivateKeyPEM());
    assertThat(TlsContext.serverBuilder().engine(engine).certificate(chain, key).build())
        .hasToString("TlsContext[server, %s]", engine);
    assertThat(TlsContext.serverBuilder()
            .engine(engine)
            .certificate(SERVER.toKeyStore(PASSWORD), PASSWORD)
            .trust(chain)
            .build()
            .engine())
        .isEqualTo(engine);
    assertThat(TlsContext.server(chain, key).engine())
        .isEqualTo(TlsContext.client().engine());
    assertThatThrownBy(() -> TlsContext.server(directory.resolve("missing"), key))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void what_cannot_work_is_refused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TlsContext.serverBuilder().build())
        .withMessage("Expected a certificate for the server, got none");
    assertThatIllegalStateException()
        .isThrownBy(() -> TlsContext.serverBuilder().withoutHostnameCheck())
        .withMessageContaining("Expected the builder of a client");
    assertThatIllegalStateException()
        .isThrownBy(
            () -> TlsContext.clientBuilder().clientCertificates(ClientCertificates.REQUIRED))
        .withMessageContaining("Expected the builder of a server");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            TlsContext.clientBuilder().engine(TlsEngine.JDK).protocols("TLSv9").build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectOptions.DEFAULT.withTlsHandshakeTimeout(java.time.Duration.ZERO))
        .withMessageContaining("Expected a handshake timeout of more than zero");
  }

  @Test
  void a_server_that_asks_for_certificates_must_know_whom_to_trust() {
    for (ClientCertificates asked :
        new ClientCertificates[] {ClientCertificates.OPTIONAL, ClientCertificates.REQUIRED}) {
      TlsContextBuilder builder = TlsContext.serverBuilder()
          .certificate(SERVER.getCertificatePathPEM(), SERVER.getPrivateKeyPEM(), null)
          .clientCertificates(asked);
      assertThatIllegalStateException()
          .isThrownBy(builder::build)
          .withMessageContaining("add trust(...)");
    }
  }

  @Test
  void a_key_store_without_a_private_key_is_refused() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("certificate", SERVER.getCertificate());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsContext.serverBuilder().certificate(store, PASSWORD))
        .withMessage("Expected a key store with a private key, found none among its 1 entries");
  }

  @Test
  void an_ec_key_that_is_cut_off_or_lies_about_its_lengths_is_refused() {
    byte[] whole = HexFormat.of().parseHex("307702010104200102030405060708" + "00".repeat(24));
    for (int length = 0; length <= whole.length; length++) {
      String cut = pem("EC PRIVATE KEY", java.util.Arrays.copyOf(whole, length));
      assertThatIllegalArgumentException().isThrownBy(() -> Pem.privateKey(cut, null));
    }
    for (String lies :
        new String[] {"30030484fffffffa00", "300304847fffffff00", "30ff", "3002a005"}) {
      String lying = pem("EC PRIVATE KEY", HexFormat.of().parseHex(lies));
      assertThatIllegalArgumentException().isThrownBy(() -> Pem.privateKey(lying, null));
    }
  }
}
