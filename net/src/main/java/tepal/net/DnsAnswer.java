// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.util.List;

/// What a name server answered.
///
/// @param responseCode one of the constants of [DnsMessage], or another
/// @param truncated whether the answer did not fit into a datagram
/// @param records the records of the answer section
/// @param negativeSeconds for how long a missing answer holds; 0 if the server did not say
record DnsAnswer(
    int responseCode, boolean truncated, List<DnsRecord> records, long negativeSeconds) {

  /// Returns the first records of a type that are about a name, `most` at most.
  List<DnsRecord> of(String owner, int type, int most) {
    return records.stream()
        .filter(each -> each.type() == type && each.owner().equals(owner))
        .limit(most)
        .toList();
  }
}
