// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// What a call that makes a connection at the lower level returns.
///
/// @param transport the transport
/// @param protocol the protocol that it calls, which the caller's factory made
/// @param <T> the type of the transport
/// @param <P> the type of the protocol
public record TransportAndProtocol<T extends BaseTransport, P extends BaseProtocol<?>>(
    T transport, P protocol) {}
