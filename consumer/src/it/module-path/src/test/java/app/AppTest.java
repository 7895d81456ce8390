package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tepal.EventLoop;
import tepal.LoopMode;
import tepal.junit.OnLoop;

@OnLoop
class AppTest {
  @Test
  void sleeps_for_a_week_in_opened_mode(EventLoop loop) {
    sleep(Duration.ofDays(7));

    assertEquals(Duration.ofDays(7), loop.time());
    assertEquals(LoopMode.OPENED, loop.mode());
  }
}
