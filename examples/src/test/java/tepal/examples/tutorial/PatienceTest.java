// SPDX-License-Identifier: Apache-2.0
package tepal.examples.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tepal.EventLoop;
import tepal.TimeoutException;
import tepal.junit.OnLoop;

@OnLoop
class PatienceTest {
  private int attempts;

  @Test
  void asks_again_when_the_first_attempt_takes_too_long(EventLoop loop) {
    String answer = patiently();

    assertEquals("200 OK", answer);
    assertEquals(2, attempts);
    assertEquals(Duration.ofMillis(500 + 100), loop.time());
  }

  private String patiently() {
    try {
      return timeout(Duration.ofMillis(500), this::fetch);
    } catch (TimeoutException e) {
      return patiently();
    }
  }

  private String fetch() {
    attempts++;
    sleep(attempts == 1 ? Duration.ofHours(1) : Duration.ofMillis(100));
    return "200 OK";
  }
}
