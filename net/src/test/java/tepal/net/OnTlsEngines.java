// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A test that is run on each transport with each TLS engine that the machine and the mode have.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("tepal.net.OnTlsEngines$Available#pairs")
@interface OnTlsEngines {

  /// What there is to run on.
  final class Available {
    private Available() {}

    static Stream<Arguments> pairs() {
      return OnTransports.Available.transports()
          .flatMap(transport ->
              Certificates.engines().stream().map(engine -> Arguments.of(transport, engine)));
    }
  }
}
