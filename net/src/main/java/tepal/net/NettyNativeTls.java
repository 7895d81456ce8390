// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Engines of Netty's native library.
record NettyNativeTls(SslContext context) implements TlsEngines {

  static boolean isAvailable() {
    return OpenSsl.isAvailable();
  }

  /// Returns why the library cannot be used.
  static @Nullable Throwable unavailabilityCause() {
    return OpenSsl.unavailabilityCause();
  }

  static NettyNativeTls of(
      TlsContextBuilder settings, @Nullable KeyManager key, @Nullable TrustManager trust)
      throws SSLException {
    SslContextBuilder netty = settings.client
        ? SslContextBuilder.forClient()
            .endpointIdentificationAlgorithm(settings.checksHostname ? "HTTPS" : "")
        : SslContextBuilder.forServer(Objects.requireNonNull(key)).clientAuth(auth(settings));
    if (settings.client && key != null) {
      var _ = netty.keyManager(key);
    }
    if (trust != null) {
      var _ = netty.trustManager(trust);
    }
    if (!settings.alpnProtocols.isEmpty()) {
      var _ = netty.applicationProtocolConfig(alpn(settings.alpnProtocols));
    }
    if (!settings.cipherSuites.isEmpty()) {
      var _ = netty.ciphers(settings.cipherSuites);
    }
    return new NettyNativeTls(
        netty.sslProvider(SslProvider.OPENSSL).protocols(settings.protocols).build());
  }

  private static ClientAuth auth(TlsContextBuilder settings) {
    return switch (settings.clientCertificates) {
      case NONE -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }

  private static ApplicationProtocolConfig alpn(List<String> protocols) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }

  @Override
  public SSLEngine engine(boolean client, @Nullable String host) {
    return host == null
        ? context.newEngine(ByteBufAllocator.DEFAULT)
        : context.newEngine(ByteBufAllocator.DEFAULT, host, 443);
  }
}
