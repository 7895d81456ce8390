// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// What [Net#getnameinfo] may be told: the flags of `socket.getnameinfo`.
public enum NameFlag {
  /// Return the address instead of its name. Python's `NI_NUMERICHOST`.
  NUMERICHOST,

  /// Return the port instead of the service's name. Python's `NI_NUMERICSERV`.
  NUMERICSERV,

  /// Fail if the address has no name, instead of returning the address. Python's `NI_NAMEREQD`.
  NAMEREQD,

  /// Return the name of the service over UDP. Python's `NI_DGRAM`.
  DGRAM
}
