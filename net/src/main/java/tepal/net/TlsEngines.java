// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// Makes the engines of a [TlsContext]'s connections. May be called from any thread.
interface TlsEngines {

  /// Returns a new engine.
  ///
  /// @param client whether it is the client's side
  /// @param host the server's name for the client; null for none
  SSLEngine engine(boolean client, @Nullable String host);

  /// Those of the JDK.
  ///
  /// @param parameters what to set; nobody changes it any more. Without an algorithm for host
  ///     names, clients check them as HTTPS does
  record Jdk(SSLContext context, SSLParameters parameters) implements TlsEngines {
    @Override
    public SSLEngine engine(boolean client, @Nullable String host) {
      // The port, which is only the name of a place to keep resumable sessions in, may be any.
      SSLEngine engine =
          host == null ? context.createSSLEngine() : context.createSSLEngine(host, 443);
      engine.setUseClientMode(client);
      engine.setSSLParameters(parameters);
      if (client && parameters.getEndpointIdentificationAlgorithm() == null) {
        SSLParameters checking = engine.getSSLParameters();
        checking.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(checking);
      }
      return engine;
    }
  }
}
