// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A test that is run on each transport that the machine and the mode of the loop have.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("tepal.net.OnTransports$Available#transports")
@interface OnTransports {

  /// What there is to run on.
  final class Available {
    private Available() {}

    static Stream<NetTransport> transports() {
      boolean opened = "opened".equals(System.getProperty("tepal.mode"));
      return NettyTransports.available(opened ? tepal.LoopMode.OPENED : tepal.LoopMode.PORTABLE)
          .stream();
    }
  }
}
