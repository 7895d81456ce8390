// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// Whether a server asks its clients for certificates.
///
/// Mirrors `ssl.CERT_NONE`, `ssl.CERT_OPTIONAL` and `ssl.CERT_REQUIRED` of a server's context.
public enum ClientCertificates {
  /// It does not ask.
  NONE,

  /// It asks; a client that has none is served, one whose certificate is not trusted is not.
  OPTIONAL,

  /// A client without a certificate that is trusted is not served.
  REQUIRED
}
