// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// A snapshot of a [DatagramEndpoint].
///
/// What the system drops because nobody reads the socket is not in here: it tells nobody.
///
/// @param received how many datagrams came in
/// @param sent how many were given to `send`
/// @param errors how many errors the system has reported
/// @param errorsDropped how many of them no call will throw, because an earlier one was not
///     thrown yet
/// @param queued how many datagrams wait to be received
/// @param queuedBytes how many bytes they have
/// @param receiversWaiting how many tasks wait for a datagram
/// @param pauses how often the queue was full, so that the socket was not read for a while
///     and the system may have dropped datagrams
public record DatagramStatistics(
    long received,
    long sent,
    long errors,
    long errorsDropped,
    int queued,
    long queuedBytes,
    int receiversWaiting,
    long pauses) {}
