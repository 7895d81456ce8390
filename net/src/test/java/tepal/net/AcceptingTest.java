// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.ExceptionContext;
import tepal.Task;

class AcceptingTest {

  @OnTransports
  void a_thousand_connections_at_once_are_all_accepted(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withBacklog(1000))) {
        List<Task<Connection>> connecting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
          connecting.add(createTask(() -> connect(server)));
        }
        for (Task<Connection> each : connecting) {
          each.await().writer().write(bytes("x"));
        }
        for (Task<Connection> each : connecting) {
          try (Connection connection = each.await()) {
            assertThat(connection.reader().readExactly(1)).isEqualTo(bytes("x"));
          }
        }
      }
    });
  }

  @Test
  void accepting_pauses_for_a_second_when_it_fails_and_goes_on() throws Exception {
    List<ExceptionContext> told = Network.runAndReport(NetTransport.NIO, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        server
            .netty()
            .accepting(channel ->
                channel.pipeline().fireExceptionCaught(new IOException("Too many open files")));
        sleep(Duration.ofMillis(50));
        Duration before = getRunningLoop().time();
        try (Connection waiting = connect(server)) {
          waiting.writer().write(bytes("x"));
          assertThat(waiting.reader().readExactly(1)).isEqualTo(bytes("x"));
        }
        assertThat(getRunningLoop().time().minus(before)).isGreaterThan(Duration.ofMillis(500));
      }
    });
    assertThat(told).singleElement().satisfies(each -> {
      assertThat(each.message()).isEqualTo("Accepting a connection failed; trying again in 1 s");
      assertThat(each.exception()).hasMessage("Too many open files");
    });
  }
}
