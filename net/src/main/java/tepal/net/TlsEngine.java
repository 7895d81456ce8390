// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// What encrypts, decrypts and shakes hands for a [TlsContext].
public enum TlsEngine {
  /// The JDK's `SSLEngine`. Always there.
  JDK,

  /// Netty's, over BoringSSL or OpenSSL. There if `netty-tcnative-boringssl-static` for the
  /// platform, or another `netty-tcnative`, is on the class path.
  NATIVE
}
