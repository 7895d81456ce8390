// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Sets up a [TlsContext].
///
/// Made by [TlsContext#clientBuilder()] and [TlsContext#serverBuilder()]. Files are read when
/// they are named, by calls that block; may be used from any thread, one at a time.
public final class TlsContextBuilder {
  private static final char[] NO_PASSWORD = {};

  // read by NettyNativeTls, after build() began
  final boolean client;
  boolean checksHostname = true;
  ClientCertificates clientCertificates = ClientCertificates.NONE;
  List<String> alpnProtocols = List.of();
  List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
  List<String> cipherSuites = List.of();

  // null for no certificate of one's own
  private @Nullable KeyManager keyManager;

  // null for the system's
  private @Nullable TrustManager trustManager;

  // null for the best that there is
  private @Nullable TlsEngine engine;

  TlsContextBuilder(boolean client) {
    this.client = client;
  }

  // ---- One's own certificate

  /// Sets this side's certificate and private key, from PEM files. A server needs one.
  ///
  /// @param chain a file with the certificate, followed by those that issued it
  /// @param key a file with the private key, not encrypted: PKCS#8, or PKCS#1 of RSA, or SEC 1 of
  ///     EC
  /// @return this builder
  /// @throws UncheckedIOException if a file cannot be read
  /// @throws IllegalArgumentException if a file has something else in it
  public TlsContextBuilder certificate(Path chain, Path key) {
    return certificate(read(chain), read(key), null);
  }

  /// Sets this side's certificate and its encrypted private key, from PEM files.
  ///
  /// @param chain a file with the certificate, followed by those that issued it
  /// @param key a file with the private key, encrypted as PKCS#8
  /// @param password what decrypts it
  /// @return this builder
  /// @throws UncheckedIOException if a file cannot be read
  /// @throws IllegalArgumentException if a file has something else in it, or the password is
  ///     wrong
  public TlsContextBuilder certificate(Path chain, Path key, char[] password) {
    return certificate(read(chain), read(key), password);
  }

  /// Sets this side's certificate and private key, from PEM.
  ///
  /// @param chain the text of the certificate, followed by those that issued it
  /// @param key the text of the private key
  /// @param password what decrypts the key; null if it is not encrypted
  /// @return this builder
  /// @throws IllegalArgumentException if a text is something else, or the password is wrong
  public TlsContextBuilder certificate(String chain, String key, char @Nullable [] password) {
    PrivateKey privateKey = Pem.privateKey(key, password);
    List<X509Certificate> certificates = Pem.certificates(chain);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("key", privateKey, NO_PASSWORD, certificates.toArray(Certificate[]::new));
      return certificate(store, NO_PASSWORD);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("Cannot use this certificate and key", e);
    }
  }

  /// Sets this side's certificate and private key, from a key store.
  ///
  /// @param store the key store, of any type that the JDK can load, such as PKCS12
  /// @param password the password of its private keys
  /// @return this builder
  /// @throws IllegalArgumentException if the key store has no usable key
  public TlsContextBuilder certificate(KeyStore store, char[] password) {
    try {
      if (!hasPrivateKey(store)) {
        throw new IllegalArgumentException(
            "Expected a key store with a private key, found none among its %d entries"
                .formatted(store.size()));
      }
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      keyManager = factory.getKeyManagers()[0];
      return this;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("Cannot use the keys of this key store", e);
    }
  }

  private static boolean hasPrivateKey(KeyStore store) throws GeneralSecurityException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
        return true;
      }
    }
    return false;
  }

  // ---- Whom to trust

  /// Trusts certificates that those in a PEM file have issued, and no others.
  ///
  /// @param certificates the file
  /// @return this builder
  /// @throws UncheckedIOException if the file cannot be read
  /// @throws IllegalArgumentException if the file has no certificate in it
  public TlsContextBuilder trust(Path certificates) {
    return trust(read(certificates));
  }

  /// Trusts certificates that those in a PEM text have issued, and no others.
  ///
  /// @param certificates the text
  /// @return this builder
  /// @throws IllegalArgumentException if there is no certificate in it
  public TlsContextBuilder trust(String certificates) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate each : Pem.certificates(certificates)) {
        store.setCertificateEntry("trusted" + store.size(), each);
      }
      return trust(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("Cannot trust these certificates", e);
    }
  }

  /// Trusts certificates that those in a key store have issued, and no others.
  ///
  /// @param store the key store
  /// @return this builder
  /// @throws IllegalArgumentException if the key store cannot be used
  public TlsContextBuilder trust(KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return trust(factory.getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("Cannot trust what is in this key store", e);
    }
  }

  /// Trusts what a trust manager trusts.
  ///
  /// It is called on threads that are not the loop's, of which there are few: it may block, but
  /// other handshakes wait for it.
  ///
  /// @param manager the trust manager
  /// @return this builder
  public TlsContextBuilder trust(TrustManager manager) {
    trustManager = manager;
    return this;
  }

  /// Trusts every certificate, and does not look at the host name in it: whoever is between the
  /// two sides can read and change everything. For tests.
  ///
  /// Mirrors `verify_mode = CERT_NONE`.
  ///
  /// @return this builder
  public TlsContextBuilder trustAnything() {
    return trust(new TrustEverybody());
  }

  /// Does not compare the host name with the one in the server's certificate: whoever has any
  /// trusted certificate can be the server.
  ///
  /// Mirrors `check_hostname = False`.
  ///
  /// @return this builder
  /// @throws IllegalStateException if this is for a server
  public TlsContextBuilder withoutHostnameCheck() {
    require(client, "a client");
    checksHostname = false;
    return this;
  }

  /// Sets whether clients are asked for certificates; by default they are not. If they are, the
  /// server must be told whom to [#trust]: the system's authorities vouch for anybody.
  ///
  /// @param asked whether
  /// @return this builder
  /// @throws IllegalStateException if this is for a client
  public TlsContextBuilder clientCertificates(ClientCertificates asked) {
    require(!client, "a server");
    clientCertificates = asked;
    return this;
  }

  private static void require(boolean right, String side) {
    if (!right) {
      throw new IllegalStateException(
          "Expected the builder of " + side + ", but this one is for the other side");
    }
  }

  // ---- How

  /// Offers protocols inside TLS by ALPN, the preferred one first; none by default.
  ///
  /// A client and a server that both offer some and have none in common do not connect with the
  /// JDK's engine; with the native one they do, without any.
  ///
  /// @param names the names, such as `h2` and `http/1.1`
  /// @return this builder
  public TlsContextBuilder alpnProtocols(String... names) {
    alpnProtocols = List.of(names);
    return this;
  }

  /// Sets the versions of TLS; by default 1.3 and 1.2.
  ///
  /// @param names the JDK's names, such as `TLSv1.3`
  /// @return this builder
  public TlsContextBuilder protocols(String... names) {
    protocols = List.of(names);
    return this;
  }

  /// Sets the cipher suites; by default the engine's.
  ///
  /// @param names the JDK's names, such as `TLS_AES_128_GCM_SHA256`
  /// @return this builder
  public TlsContextBuilder cipherSuites(String... names) {
    cipherSuites = List.of(names);
    return this;
  }

  /// Sets the engine; by default the native one if its jar is there, otherwise the JDK's.
  ///
  /// @param newEngine the engine
  /// @return this builder
  public TlsContextBuilder engine(TlsEngine newEngine) {
    engine = newEngine;
    return this;
  }

  /// Makes the context.
  ///
  /// @return the context
  /// @throws IllegalStateException if this is for a server and has no certificate, or asks
  ///     clients for theirs without being told whom to trust; or if the engine that was asked for
  ///     cannot be had
  /// @throws IllegalArgumentException if the engine does not know a protocol or cipher suite
  public TlsContext build() {
    if (!client && keyManager == null) {
      throw new IllegalStateException("Expected a certificate for the server, got none");
    }
    if (clientCertificates != ClientCertificates.NONE && trustManager == null) {
      throw new IllegalStateException(
          "Expected whom to trust, as clients are asked for certificates, got nothing; add"
              + " trust(...) with the authority that issues them");
    }
    if (engine == TlsEngine.NATIVE && !NettyNativeTls.isAvailable()) {
      throw new IllegalStateException(
          "Expected the native engine, but it cannot be had: is netty-tcnative-boringssl-static on"
              + " the class path?",
          NettyNativeTls.unavailabilityCause());
    }
    boolean useNative =
        engine == TlsEngine.NATIVE || (engine == null && NettyNativeTls.isAvailable());
    try {
      return new TlsContext(
          useNative ? NettyNativeTls.of(this, keyManager, trustManager) : jdk(),
          client ? TlsContext.Side.CLIENT : TlsContext.Side.SERVER,
          useNative ? TlsEngine.NATIVE : TlsEngine.JDK,
          client && checksHostname);
    } catch (GeneralSecurityException | SSLException e) {
      throw new IllegalArgumentException("Cannot use TLS with these settings", e);
    }
  }

  private TlsEngines jdk() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keyManager == null ? null : new KeyManager[] {keyManager},
        trustManager == null ? null : new TrustManager[] {trustManager},
        null);
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(protocols.toArray(String[]::new));
    if (!cipherSuites.isEmpty()) {
      parameters.setCipherSuites(cipherSuites.toArray(String[]::new));
    }
    parameters.setApplicationProtocols(alpnProtocols.toArray(String[]::new));
    if (client) {
      parameters.setEndpointIdentificationAlgorithm(checksHostname ? "HTTPS" : "");
    } else {
      parameters.setUseCipherSuitesOrder(true);
      switch (clientCertificates) {
        case NONE -> {}
        case OPTIONAL -> parameters.setWantClientAuth(true);
        case REQUIRED -> parameters.setNeedClientAuth(true);
      }
    }
    TlsEngines engines = new TlsEngines.Jdk(context, parameters);
    var _ = engines.engine(client, null); // throws if it does not know a name
    return engines;
  }

  private static String read(Path file) {
    try {
      return Files.readString(Objects.requireNonNull(file, "file"));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
