// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.SkipException;
import tepal.Asyncio;
import tepal.EventLoop;

/// The rules of Reactive Streams, as its own kit of tests has them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReactiveStreamsTest {
  // how long the kit waits for a signal, and for none, in milliseconds
  private static final long SIGNAL_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 50;

  private BlockingPortal portal = BlockingPortal.start();

  @BeforeAll
  void open() {
    portal.close();
    portal = BlockingPortal.start();
  }

  @AfterAll
  void close() {
    portal.stop(true);
    portal.close();
  }

  @TestFactory
  Stream<DynamicTest> an_iterable_as_a_publisher() {
    EventLoop loop = portal.call(Asyncio::getRunningLoop);
    return each(() -> new PublisherRules(loop));
  }

  @TestFactory
  Stream<DynamicTest> the_subscriber_of_an_iterable() {
    return each(() -> new SubscriberRules(portal));
  }

  /// Returns the kit's tests, each with a verification of its own.
  private static Stream<DynamicTest> each(Supplier<Object> verification) {
    return Arrays.stream(verification.get().getClass().getMethods())
        .filter(method -> method.getName().matches("(required|optional|stochastic)_.*"))
        .map(method -> dynamicTest(
            method.getName().replace('_', ' '), () -> check(verification.get(), method)));
  }

  private static void check(Object verification, Method rule) throws Throwable {
    if (verification instanceof SubscriberRules rules) {
      rules.startPublisherExecutorService();
    }
    verification.getClass().getMethod("setUp").invoke(verification);
    try {
      rule.invoke(verification);
    } catch (InvocationTargetException e) {
      Throwable failure = Objects.requireNonNull(e.getCause());
      throw failure instanceof SkipException skipped
          ? new TestAbortedException(skipped.getMessage(), skipped)
          : failure;
    } finally {
      if (verification instanceof SubscriberRules rules) {
        rules.shutdownPublisherExecutorService();
      }
    }
  }

  /// What the kit asks of a publisher.
  public static final class PublisherRules extends FlowPublisherVerification<Long> {
    private final EventLoop loop;

    PublisherRules(EventLoop loop) {
      super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS));
      this.loop = loop;
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
      Iterable<Long> numbers = () -> LongStream.range(0, elements).boxed().iterator();
      return Publishers.publish(numbers, loop);
    }

    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
      return Publishers.generate(
          _ -> {
            throw new IllegalStateException("failed");
          },
          loop);
    }
  }

  /// What the kit asks of a subscriber.
  public static final class SubscriberRules extends FlowSubscriberBlackboxVerification<Integer> {
    private final BlockingPortal portal;

    SubscriberRules(BlockingPortal portal) {
      super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS));
      this.portal = portal;
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
      return new Receiver<>(16);
    }

    @Override
    public void triggerFlowRequest(Flow.Subscriber<? super Integer> subscriber) {
      Iterator<?> items = (Receiver<?>) subscriber;
      var _ = portal.startTaskSoon(items::hasNext);
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }
  }
}
