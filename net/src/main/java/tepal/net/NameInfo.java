// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// The names of an address and a port: what [Net#getnameinfo] returns.
///
/// @param host the name of the address, or the address
/// @param service the name of the service, or the port
public record NameInfo(String host, String service) {}
