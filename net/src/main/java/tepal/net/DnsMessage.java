// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The messages of DNS, RFC 1035 section 4: questions written, answers read.
final class DnsMessage {
  static final int A = 1;
  static final int CNAME = 5;
  private static final int SOA = 6;
  static final int PTR = 12;
  static final int AAAA = 28;

  static final int NO_ERROR = 0;
  static final int NX_DOMAIN = 3;

  private static final int HEADER = 12;
  private static final int IN = 1;
  private static final int RESPONSE = 0x8000;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 255;

  private final ByteBuffer bytes;

  private DnsMessage(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  // ---- Questions

  /// Returns a question.
  ///
  /// @throws UnknownHostException if DNS can have no such name
  static byte[] question(int id, String name, int type) throws UnknownHostException {
    byte[] encoded = encode(name);
    return ByteBuffer.allocate(HEADER + encoded.length + 4)
        .putShort((short) id)
        .putShort((short) RECURSION_DESIRED)
        .putShort((short) 1)
        .put(HEADER, encoded)
        .position(HEADER + encoded.length)
        .putShort((short) type)
        .putShort((short) IN)
        .array();
  }

  private static byte[] encode(String name) throws UnknownHostException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : ascii(name).split("\\.", -1)) {
      byte[] text = label.getBytes(StandardCharsets.US_ASCII);
      if (text.length == 0 || text.length > MAX_LABEL) {
        throw notAName(name);
      }
      out.write(text.length);
      out.writeBytes(text);
    }
    out.write(0);
    if (out.size() > MAX_NAME) {
      throw notAName(name);
    }
    return out.toByteArray();
  }

  /// Returns a name as it is in messages: RFC 3490 for what is not ASCII, in lower case.
  static String ascii(String name) throws UnknownHostException {
    try {
      return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw notAName(name);
    }
  }

  private static UnknownHostException notAName(String name) {
    return new UnknownHostException(
        name + ": not a host name, whose parts have 1 to 63 bytes, 253 in all");
  }

  /// Returns the name under which the name of an address is found: `1.0.0.127.in-addr.arpa`.
  static String reverseName(InetAddress address) {
    StringBuilder name = new StringBuilder();
    byte[] raw = address.getAddress();
    for (int i = raw.length - 1; i >= 0; i--) {
      if (raw.length == 4) {
        name.append(raw[i] & 0xff).append('.');
      } else {
        name.append("%x.%x.".formatted(raw[i] & 0xf, (raw[i] >> 4) & 0xf));
      }
    }
    return name.append(raw.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
  }

  // ---- Answers

  /// Reads an answer; null if it is none to that question, or cannot be read.
  static @Nullable DnsAnswer answer(byte[] question, byte[] bytes) {
    try {
      return new DnsMessage(bytes).read(question);
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | UnknownHostException e) {
      return null;
    }
  }

  private @Nullable DnsAnswer read(byte[] question) throws UnknownHostException {
    short id = bytes.getShort();
    int flags = bytes.getShort();
    int questions = bytes.getShort();
    int answers = bytes.getShort() & 0xffff;
    int authorities = bytes.getShort() & 0xffff;
    bytes.getShort(); // additional records, which are not read
    int code = flags & 0xf;
    if (id != ByteBuffer.wrap(question).getShort() || (flags & RESPONSE) == 0) {
      return null;
    }
    // Servers that could not read the question do not repeat it. No other answer is about nothing.
    boolean answered = code == NO_ERROR || code == NX_DOMAIN;
    if (questions == 1 ? !skip(question) : questions != 0 || answered) {
      return null;
    }
    boolean truncated = (flags & TRUNCATED) != 0;
    if (truncated) {
      return new DnsAnswer(code, true, List.of(), 0);
    }
    List<DnsRecord> found = records(answers);
    long negative = records(authorities).stream()
        .filter(each -> each.type() == SOA)
        .mapToLong(DnsRecord::ttlSeconds)
        .findFirst()
        .orElse(0);
    return new DnsAnswer(code, false, found, negative);
  }

  /// Skips the question; returns whether it is this one. Servers may change the case of letters.
  private boolean skip(byte[] question) {
    byte[] repeated = new byte[question.length - HEADER];
    bytes.get(repeated);
    return folded(repeated)
        .equals(folded(ByteBuffer.wrap(question).slice(HEADER, repeated.length)));
  }

  private static String folded(byte[] text) {
    return folded(ByteBuffer.wrap(text));
  }

  private static String folded(ByteBuffer text) {
    return StandardCharsets.ISO_8859_1.decode(text).toString().toLowerCase(Locale.ROOT);
  }

  private List<DnsRecord> records(int count) throws UnknownHostException {
    List<DnsRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DnsRecord each = record();
      if (each != null) {
        records.add(each);
      }
    }
    return records;
  }

  /// Reads a record; null if it is of no use.
  private @Nullable DnsRecord record() throws UnknownHostException {
    String owner = name();
    int type = bytes.getShort() & 0xffff;
    int recordClass = bytes.getShort();
    long ttl = Math.max(0, bytes.getInt()); // RFC 2181, section 8: what is negative counts as 0
    int length = bytes.getShort() & 0xffff;
    int end = bytes.position() + length;
    DnsRecord record = recordClass == IN ? record(owner, type, ttl, length) : null;
    bytes.position(end);
    return record;
  }

  private @Nullable DnsRecord record(String owner, int type, long ttl, int length)
      throws UnknownHostException {
    return switch (type) {
      case A, AAAA -> {
        if (length != (type == A ? 4 : 16)) {
          throw new IllegalArgumentException("Expected an address, got " + length + " bytes");
        }
        byte[] address = new byte[length];
        bytes.get(address);
        yield new DnsRecord(owner, type, ttl, InetAddress.getByAddress(address), null);
      }
      case CNAME, PTR -> new DnsRecord(owner, type, ttl, null, name());
      // RFC 2308, section 5: the lesser of its lifetime and its last field
      case SOA -> {
        long minimum = Math.max(0, bytes.getInt(bytes.position() + length - 4));
        yield new DnsRecord(owner, type, Math.min(ttl, minimum), null, null);
      }
      default -> null;
    };
  }

  /// Reads a name, in lower case. A pointer leads back, so that no name goes round in circles.
  private String name() {
    StringBuilder name = new StringBuilder();
    int end = -1; // where to go on after the name; -1 before the first pointer
    int limit = bytes.position();
    for (int length = bytes.get() & 0xff; length != 0; length = bytes.get() & 0xff) {
      if (length <= MAX_LABEL) {
        appendLabel(name, length);
        continue;
      }
      int target = ((length & 0x3f) << 8) | (bytes.get() & 0xff);
      if (length < 0xc0 || target >= limit) {
        throw new IllegalArgumentException("Expected a label or a pointer back, got " + length);
      }
      end = end < 0 ? bytes.position() : end;
      limit = target;
      bytes.position(target);
    }
    if (end >= 0) {
      bytes.position(end);
    }
    return name.toString();
  }

  private void appendLabel(StringBuilder name, int length) {
    byte[] label = new byte[length];
    bytes.get(label);
    name.append(name.isEmpty() ? "" : ".").append(folded(label));
    if (name.length() > MAX_NAME) {
      throw new IllegalArgumentException("Expected a name of 255 bytes at most");
    }
  }
}
