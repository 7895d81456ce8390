// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The messages, byte for byte.
class DnsMessageTest {
  private static final String QUESTION =
      "1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 00 0001 0001";

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  private static byte[] question() throws UnknownHostException {
    return DnsMessage.question(0x1234, "www.Example", DnsMessage.A);
  }

  @Test
  void a_question_is_written_as_the_rfc_says() throws Exception {
    assertThat(question()).isEqualTo(hex(QUESTION));
    assertThat(DnsMessage.question(1, "bücher", DnsMessage.AAAA)).isEqualTo(punycode());
  }

  private static byte[] punycode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(hex("0001 0100 0001 0000 0000 0000 0d"));
    out.writeBytes(Network.bytes("xn--bcher-kva"));
    out.writeBytes(hex("00 001c 0001"));
    return out.toByteArray();
  }

  @Test
  void what_cannot_be_a_name_is_not_asked_for() {
    for (String wrong :
        new String[] {"", ".", "a..b", "a".repeat(64), ("a".repeat(60) + ".").repeat(5) + "b"}) {
      assertThatThrownBy(() -> DnsMessage.question(1, wrong, DnsMessage.A))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageStartingWith(wrong + ": not a host name");
    }
  }

  @Test
  void an_answer_is_read_with_its_compressed_names() throws Exception {
    byte[] answer = hex("1234 8180 0001 0002 0000 0000 03575757 076578616d706c65 00 0001 0001"
        + "c00c 0005 0001 0000000a 0006 0361626c c010" // www.example is an alias of abl.example
        + "0361626c c010 0001 0001 0000003c 0004 0a000001");
    DnsAnswer read = Objects.requireNonNull(DnsMessage.answer(question(), answer));
    assertThat(read.records())
        .containsExactly(
            new DnsRecord("www.example", DnsMessage.CNAME, 10, null, "abl.example"),
            new DnsRecord(
                "abl.example", DnsMessage.A, 60, InetAddress.ofLiteral("10.0.0.1"), null));
  }

  @Test
  void what_is_no_answer_to_the_question_is_none() throws Exception {
    String asked = "03777777 076578616d706c65 00 0001 0001";
    assertThat(DnsMessage.answer(question(), hex("1234 8180 0001 0000 0000 0000" + asked)))
        .isNotNull();
    for (String wrong : new String[] {
      "",
      "1234",
      "1235 8180 0001 0000 0000 0000" + asked, // another number
      "1234 0100 0001 0000 0000 0000" + asked, // a question
      "1234 8180 0001 0000 0000 0000 03777778 076578616d706c65 00 0001 0001", // another name
      "1234 8180 0001 0000 0000 0000 03777777 076578616d706c65 00 001c 0001", // another type
      "1234 8180 0000 0000 0000 0000", // no question, and no error
      "1234 8183 0000 0000 0000 0000", // no question, and no such name
      "1234 8180 0001 0001 0000 0000" + asked, // a record is missing
      "1234 8180 0001 0001 0000 0000" + asked + "c00c 0001 0001 0000003c 0005 0a00000100",
      "1234 8180 0001 0001 0000 0000" + asked + "c01d 0001 0001 0000003c 0004 0a000001", // itself
      "1234 8180 0001 0001 0000 0000" + asked + "4161 0001 0001 0000003c 0004 0a000001"
    }) {
      assertThat(DnsMessage.answer(question(), hex(wrong))).as(wrong).isNull();
    }
    assertThat(DnsMessage.answer(question(), hex("1234 8181 0000 0000 0000 0000")))
        .isNotNull();
  }

  @Test
  void no_bytes_whatever_make_it_fail() throws Exception {
    byte[] good = hex("1234 8180 0001 0002 0001 0000 03777777 076578616d706c65 00 0001 0001"
        + "c00c 0005 0001 0000000a 0006 0361626c c010"
        + "0361626c c010 0001 0001 0000003c 0004 0a000001"
        + "c010 0006 0001 0000003c 0016 c00c c00c 00000001 00000002 00000003 00000004 00000005");
    Random random = new Random(42);
    int understood = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] bad = good.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      understood += DnsMessage.answer(question(), bad) == null ? 0 : 1;
    }
    assertThat(understood).isBetween(1, 99_999);
  }

  @Test
  void the_absence_of_a_name_holds_as_long_as_the_zone_says() throws Exception {
    byte[] answer = hex("1234 8183 0001 0000 0001 0000 03777777 076578616d706c65 00 0001 0001"
        + "c010 0006 0001 0000003c 0018 c00c c00c 00000001 00000002 00000003 00000004 00000005");
    DnsAnswer read = Objects.requireNonNull(DnsMessage.answer(question(), answer));
    assertThat(read.responseCode()).isEqualTo(DnsMessage.NX_DOMAIN);
    assertThat(read.negativeSeconds()).isEqualTo(5);
  }

  @Test
  void addresses_have_names_in_two_domains() {
    assertThat(DnsMessage.reverseName(InetAddress.ofLiteral("10.1.2.255")))
        .isEqualTo("255.2.1.10.in-addr.arpa");
    assertThat(DnsMessage.reverseName(InetAddress.ofLiteral("2001:db8::1f")))
        .isEqualTo("f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  }
}
