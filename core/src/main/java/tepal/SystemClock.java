// SPDX-License-Identifier: Apache-2.0
package tepal;

/// The machine's monotonic clock, counted from when this class was loaded: small positive
/// numbers, so that adding a duration to one overflows only after 292 years.
final class SystemClock implements LoopClock {
  private static final long ORIGIN_NANOS = System.nanoTime();
  static final SystemClock INSTANCE = new SystemClock();

  private SystemClock() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN_NANOS;
  }

  @Override
  public long idle(long deadlineNanos, Outstanding outstanding) {
    return deadlineNanos == Nanos.FOREVER ? Nanos.FOREVER : deadlineNanos - nanoTime();
  }
}
