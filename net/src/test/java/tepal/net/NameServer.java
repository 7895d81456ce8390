// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A name server on 127.0.0.1, over UDP and TCP, with threads of its own. Its messages are
/// Netty's, so that they test ours.
final class NameServer implements AutoCloseable {
  /// What it does with questions for a name.
  sealed interface Answer {
    record Records(List<DnsRecord> records) implements Answer {
      Records(DnsRecord... records) {
        this(List.of(records));
      }
    }

    /// No such name, or no such record, for so many seconds.
    record Missing(DnsResponseCode code, int seconds) implements Answer {}

    /// Over UDP only a part fits.
    record Truncated(List<DnsRecord> records) implements Answer {
      Truncated(DnsRecord... records) {
        this(List.of(records));
      }
    }

    record Failing(DnsResponseCode code) implements Answer {}

    /// Sent as it is, before a real one.
    record Garbage(ByteBuffer bytes, Answer after) implements Answer {}

    /// Nothing is sent.
    record Lost() implements Answer {}
  }

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

  NameServer() throws IOException {
    InetAddress localhost = InetAddress.ofLiteral("127.0.0.1");
    tcp = new ServerSocket(0, 50, localhost);
    udp = new DatagramSocket(tcp.getLocalPort(), localhost);
    Thread.ofPlatform().daemon().start(this::serveUdp);
    Thread.ofPlatform().daemon().start(this::serveTcp);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.getLocalSocketAddress();
  }

  /// Sets what it does with questions like `A www.example`. Without an answer it is NXDOMAIN, for
  /// a minute.
  NameServer on(String question, Answer answer) {
    answers.put(question, answer);
    return this;
  }

  NameServer on(String question, String... addresses) {
    return on(
        question,
        new Answer.Records(Arrays.stream(addresses)
            .map(each -> address(question.substring(question.indexOf(' ') + 1), 60, each))
            .toList()));
  }

  /// Returns the questions since the last call: `A www.example`, and `, TCP` after it.
  List<String> asked() {
    List<String> words = new ArrayList<>();
    for (String word = asked.poll(); word != null; word = asked.poll()) {
      words.add(word);
    }
    return words;
  }

  // ---- Records

  static DnsRecord address(String name, long ttl, String address) {
    byte[] raw = InetAddress.ofLiteral(address).getAddress();
    DnsRecordType type = raw.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
    return new DefaultDnsRawRecord(name, type, ttl, Unpooled.wrappedBuffer(raw));
  }

  static DnsRecord alias(String name, long ttl, String target) {
    return new DefaultDnsRawRecord(name, DnsRecordType.CNAME, ttl, encoded(target));
  }

  static DnsRecord pointer(String name, String target) {
    return new DefaultDnsRawRecord(name, DnsRecordType.PTR, 60, encoded(target));
  }

  private static ByteBuf encoded(String name) {
    ByteBuf out = Unpooled.buffer();
    for (String label : name.split("\\.", -1)) {
      out.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
    }
    return out.writeByte(0);
  }

  private static DnsRecord authority(int seconds) {
    ByteBuf soa = encoded("ns.example").writeBytes(encoded("admin.example"));
    soa.writeInt(1).writeInt(2).writeInt(3).writeInt(4).writeInt(seconds);
    return new DefaultDnsRawRecord("example", DnsRecordType.SOA, 3600, soa);
  }

  // ---- Serving

  private void serveUdp() {
    byte[] buffer = new byte[1500];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] question = Arrays.copyOf(buffer, packet.getLength());
        for (byte[] answer : answersTo(question, /* overTcp= */ false)) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] question = in.readNBytes(in.readUnsignedShort());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        for (byte[] answer : answersTo(question, /* overTcp= */ true)) {
          out.writeShort(answer.length);
          out.flush(); // the length in a packet of its own
          out.write(answer);
        }
        var _ = in.read();
      } catch (IOException gone) {
        // a client that was cancelled, or the end
      }
    }
  }

  private List<byte[]> answersTo(byte[] bytes, boolean overTcp) {
    EmbeddedChannel codec = new EmbeddedChannel(new DatagramDnsQueryDecoder());
    codec.writeInbound(new io.netty.channel.socket.DatagramPacket(
        Unpooled.wrappedBuffer(bytes), address(), address()));
    DatagramDnsQuery query = codec.readInbound();
    try {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      String name = question.name().substring(0, question.name().length() - 1);
      String word = question.type().name() + " " + name;
      asked.add(word + (overTcp ? ", TCP" : ""));
      Answer answer = answers.getOrDefault(word, new Answer.Missing(DnsResponseCode.NXDOMAIN, 60));
      return messages(query, question, answer, overTcp);
    } finally {
      query.release();
      var _ = codec.finishAndReleaseAll();
    }
  }

  private List<byte[]> messages(
      DatagramDnsQuery query, DnsQuestion question, Answer answer, boolean overTcp) {
    DatagramDnsResponse response = new DatagramDnsResponse(address(), address(), query.id());
    response.addRecord(DnsSection.QUESTION, question);
    List<byte[]> before = new ArrayList<>();
    switch (answer) {
      case Answer.Records found -> add(response, found.records());
      case Answer.Truncated found -> {
        response.setTruncated(!overTcp);
        add(response, overTcp ? found.records() : List.of());
      }
      case Answer.Missing missing -> {
        response.setCode(missing.code());
        if (missing.seconds() > 0) {
          response.addRecord(DnsSection.AUTHORITY, authority(missing.seconds()));
        }
      }
      case Answer.Failing failing -> response.setCode(failing.code());
      case Answer.Garbage garbage -> {
        response.release();
        before.add(garbage.bytes().array());
        before.addAll(messages(query, question, garbage.after(), overTcp));
        return before;
      }
      case Answer.Lost() -> {
        response.release();
        return List.of();
      }
    }
    return List.of(encode(response));
  }

  private static void add(DatagramDnsResponse response, List<DnsRecord> records) {
    for (DnsRecord each : records) {
      response.addRecord(DnsSection.ANSWER, ((DefaultDnsRawRecord) each).copy());
    }
  }

  private static byte[] encode(DatagramDnsResponse response) {
    EmbeddedChannel codec = new EmbeddedChannel(new DatagramDnsResponseEncoder());
    codec.writeOutbound(response);
    io.netty.channel.socket.DatagramPacket packet = codec.readOutbound();
    byte[] bytes = new byte[packet.content().readableBytes()];
    packet.content().readBytes(bytes);
    packet.release();
    var _ = codec.finishAndReleaseAll();
    return bytes;
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
