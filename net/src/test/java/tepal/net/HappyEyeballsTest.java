// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.sleep;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.EventLoop;
import tepal.Runner;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// The order of addresses, with fakes, in virtual time: every attempt takes 10 s to fail.
class HappyEyeballsTest {
  private static final String[] NONE = {};

  // set by the first thing that a test does
  private @Nullable Trail steps;

  private Trail trail() {
    return Objects.requireNonNull(steps);
  }

  private void run(Action<Exception> main) throws Exception {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      steps = Trail.timed(runner.getLoop());
      runner.run(main);
    }
  }

  /// Answers for IPv6 and for IPv4 after these times.
  private static Resolver answering(
      int millis6, String[] addresses6, int millis4, String[] addresses4) {
    return new Resolver() {
      @Override
      public boolean asksByFamily() {
        return true;
      }

      @Override
      public List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family)
          throws UnknownHostException {
        sleep(Duration.ofMillis(family == INET6 ? millis6 : millis4));
        String[] found = family == INET6 ? addresses6 : addresses4;
        if (found.length == 0) {
          throw new UnknownHostException(host + ": no " + family);
        }
        return Arrays.stream(found).map(InetAddress::ofLiteral).toList();
      }
    };
  }

  private HappyEyeballs connect(Resolver resolver, ConnectOptions options) {
    HappyEyeballs addresses = new HappyEyeballs(new Names(resolver), "www.example", 80, options);
    var race = new StaggeredRace<InetSocketAddress, String>(
        addresses,
        options.happyEyeballsDelay(),
        address -> {
          trail().add(address.getAddress().getHostAddress());
          sleep(Duration.ofSeconds(10));
          throw new UncheckedIOException(new UnknownHostException());
        },
        _ -> {});
    assertThat(race.run()).isNull();
    return addresses;
  }

  private static String[] of(String... addresses) {
    return addresses;
  }

  @Test
  void the_families_take_turns_and_the_sixth_goes_first() throws Exception {
    run(() -> {
      connect(
          answering(0, of("1::1", "1::2"), 0, of("1.0.0.1", "1.0.0.2", "1.0.0.3")),
          ConnectOptions.DEFAULT);
      trail()
          .assertIs(
              "0 s: 1:0:0:0:0:0:0:1",
              "0.25 s: 1.0.0.1",
              "0.5 s: 1:0:0:0:0:0:0:2",
              "0.75 s: 1.0.0.2",
              "1 s: 1.0.0.3");
    });
  }

  @Test
  void the_addresses_of_version_4_wait_50_ms_for_those_of_version_6() throws Exception {
    run(() -> {
      connect(answering(40, of("1::1"), 10, of("1.0.0.1")), ConnectOptions.DEFAULT);
      trail().assertIs("0.04 s: 1:0:0:0:0:0:0:1", "0.29 s: 1.0.0.1");
    });
    run(() -> {
      connect(answering(100, of("1::1"), 10, of("1.0.0.1", "1.0.0.2")), ConnectOptions.DEFAULT);
      trail().assertIs("0.06 s: 1.0.0.1", "0.31 s: 1:0:0:0:0:0:0:1", "0.56 s: 1.0.0.2");
    });
  }

  @Test
  void the_addresses_of_version_6_wait_for_nothing() throws Exception {
    run(() -> {
      connect(answering(10, of("1::1"), 1000, of("1.0.0.1")), ConnectOptions.DEFAULT);
      trail().assertIs("0.01 s: 1:0:0:0:0:0:0:1", "1 s: 1.0.0.1");
    });
  }

  @Test
  void a_family_without_addresses_is_not_waited_for() throws Exception {
    run(() -> {
      connect(answering(10, NONE, 20, of("1.0.0.1")), ConnectOptions.DEFAULT);
      connect(answering(20, NONE, 10, of("1.0.0.1")), ConnectOptions.DEFAULT);
      trail().assertIs("0.02 s: 1.0.0.1", "10.04 s: 1.0.0.1");
    });
  }

  @Test
  void without_any_address_the_question_has_failed() throws Exception {
    run(() -> {
      HappyEyeballs addresses = connect(answering(10, NONE, 20, NONE), ConnectOptions.DEFAULT);
      assertThat(addresses.unresolved())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("Cannot resolve www.example: no INET")
          .hasCauseInstanceOf(UnknownHostException.class);
      trail().assertIs();
    });
  }

  @Test
  void more_of_the_first_family_may_go_first() throws Exception {
    run(() -> {
      connect(
          answering(0, of("1::1", "1::2", "1::3"), 0, of("1.0.0.1", "1.0.0.2")),
          ConnectOptions.DEFAULT.withInterleave(2).withHappyEyeballsDelay(Duration.ofSeconds(1)));
      trail()
          .assertIs(
              "0 s: 1:0:0:0:0:0:0:1",
              "1 s: 1:0:0:0:0:0:0:2",
              "2 s: 1.0.0.1",
              "3 s: 1:0:0:0:0:0:0:3",
              "4 s: 1.0.0.2");
    });
  }

  @Test
  void a_resolver_that_answers_for_both_says_which_family_goes_first() throws Exception {
    run(() -> {
      connect(
          (_, _) -> List.of(
              InetAddress.ofLiteral("1.0.0.1"),
              InetAddress.ofLiteral("1.0.0.2"),
              InetAddress.ofLiteral("1::1")),
          ConnectOptions.DEFAULT);
      trail().assertIs("0 s: 1.0.0.1", "0.25 s: 1:0:0:0:0:0:0:1", "0.5 s: 1.0.0.2");
    });
  }

  @Test
  void only_the_family_that_was_asked_for_is_tried() throws Exception {
    run(() -> {
      connect(answering(0, of("1::1"), 0, of("1.0.0.1")), ConnectOptions.DEFAULT.withFamily(INET));
      connect(
          (_, _) -> List.of(InetAddress.ofLiteral("1.0.0.1"), InetAddress.ofLiteral("1::1")),
          ConnectOptions.DEFAULT.withFamily(INET6));
      trail().assertIs("0 s: 1.0.0.1", "10 s: 1:0:0:0:0:0:0:1");
    });
  }
}
