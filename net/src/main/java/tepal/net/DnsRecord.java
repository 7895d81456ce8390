// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// A record of a DNS answer, of a type that is of use here.
///
/// @param owner the name that it is about, in lower case
/// @param type one of the constants of [DnsMessage]
/// @param ttlSeconds how long it holds
/// @param address of A and AAAA
/// @param target the name that CNAME and PTR lead to
record DnsRecord(
    String owner,
    int type,
    long ttlSeconds,
    @Nullable InetAddress address,
    @Nullable String target) {}
