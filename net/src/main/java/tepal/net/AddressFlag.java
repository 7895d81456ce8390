// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// What [Net#getaddrinfo] may be told: the flags of `socket.getaddrinfo` that make a difference
/// here.
public enum AddressFlag {
  /// Without a host, return the addresses to listen on, instead of those of this machine to
  /// connect to. Python's `AI_PASSIVE`.
  PASSIVE,

  /// Take addresses only, no names. Python's `AI_NUMERICHOST`.
  NUMERICHOST,

  /// Take ports only, no names of services. Python's `AI_NUMERICSERV`.
  NUMERICSERV
}
