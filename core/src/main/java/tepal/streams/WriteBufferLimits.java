// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// When a transport tells its protocol to pause and to resume writing: its water marks.
///
/// Writing pauses when more than `high` bytes are buffered, and resumes when `low` bytes or
/// fewer are.
///
/// Mirrors the arguments of `WriteTransport.set_write_buffer_limits`.
///
/// @param low the lower limit, in bytes, zero or more
/// @param high the upper limit, in bytes, not below the lower one; zero pauses writing as
///     long as anything is buffered
public record WriteBufferLimits(int low, int high) {
  private static final int RATIO = 4;

  /// 64 KiB, and a quarter of it, as in asyncio.
  public static final WriteBufferLimits DEFAULT = ofHigh(64 * 1024);

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if `low` is negative or `high` less than `low`
  public WriteBufferLimits {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "Expected high >= low >= 0, found high %d, low %d".formatted(high, low));
    }
  }

  /// Returns limits with a lower one that is a quarter of the upper one.
  ///
  /// @param high the upper limit, in bytes
  /// @return the limits
  /// @throws IllegalArgumentException if it is negative
  public static WriteBufferLimits ofHigh(int high) {
    return new WriteBufferLimits(high / RATIO, high);
  }

  /// Returns limits with an upper one that is four times the lower one.
  ///
  /// @param low the lower limit, in bytes
  /// @return the limits
  /// @throws IllegalArgumentException if it is negative
  public static WriteBufferLimits ofLow(int low) {
    return new WriteBufferLimits(low, (int) Math.min(Integer.MAX_VALUE, (long) RATIO * low));
  }
}
