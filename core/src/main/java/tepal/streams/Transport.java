// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// A transport that bytes go through in both directions.
///
/// Mirrors
/// [`asyncio.Transport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.Transport).
public interface Transport extends ReadTransport, WriteTransport {}
