import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import java.time.Duration;

void main() {
  run(() -> {
    IO.println("Hello ...");
    sleep(Duration.ofSeconds(1));
    IO.println("... World!");
  });
}
