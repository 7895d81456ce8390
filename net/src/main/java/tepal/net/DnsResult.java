// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/// What DNS knows of a name, and for how long that holds.
///
/// @param records the records of the type asked for; none if there are none
/// @param life how long to remember it; zero if not at all
/// @param missing if there are none, why
record DnsResult(List<DnsRecord> records, Duration life, String missing) {

  boolean isEmpty() {
    return records.isEmpty();
  }

  /// Returns this.
  ///
  /// @throws UnknownHostException if there are no records
  DnsResult orThrow(String host) throws UnknownHostException {
    if (isEmpty()) {
      throw new UnknownHostException(host + ": " + missing);
    }
    return this;
  }
}
