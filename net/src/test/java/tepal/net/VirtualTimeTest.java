// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.timeout;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.text;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import tepal.Action;
import tepal.EventLoop;
import tepal.Runner;
import tepal.TimeoutException;
import tepal.testing.VirtualClock;

/// Sockets are real, and time is not.
class VirtualTimeTest {
  private static final Duration DAY = Duration.ofDays(1);

  private static void run(NetTransport transport, Action<Exception> main) throws Exception {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      var _ = Net.builder(runner.getLoop()).transport(transport).build();
      runner.run(main);
    }
  }

  @OnTransports
  void a_timeout_on_a_silent_connection_does_not_take_real_time(NetTransport transport)
      throws Exception {
    run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        assertThatThrownBy(() -> timeout(DAY, () -> connection.readLine()))
            .isInstanceOf(TimeoutException.class);
        assertThat(getRunningLoop().time()).isEqualTo(DAY);

        connection.write(bytes("still there\n"));
        assertThat(text(connection.readLine())).isEqualTo("still there\n");
      }
    });
  }

  @OnTransports
  void an_answer_that_comes_soon_comes_before_the_next_timer(NetTransport transport)
      throws Exception {
    run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        connection.write(bytes("hello\n"));

        assertThat(text(timeout(DAY, () -> connection.readLine()))).isEqualTo("hello\n");
        assertThat(getRunningLoop().time()).isEqualTo(Duration.ZERO);
      }
    });
  }

  @OnTransports
  void a_timer_of_netty_s_fires_by_the_clock_of_the_loop(NetTransport transport) throws Exception {
    run(transport, () -> {
      EventLoop loop = getRunningLoop();
      var alarm = loop.<Duration>createFuture();
      NettySelector selector = (NettySelector) Objects.requireNonNull(loop.selector());
      selector.onIoThread(() -> {
        var _ = selector
            .netty()
            .schedule(
                () -> {
                  selector.delivered();
                  alarm.setResult(loop.time());
                },
                DAY.toSeconds(),
                TimeUnit.SECONDS);
      });

      assertThat(alarm.await()).isEqualTo(DAY);
    });
  }
}
