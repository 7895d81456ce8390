// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A semaphore that refuses to be released more often than it was acquired.
///
/// Mirrors [`asyncio.BoundedSemaphore`][1], which throws a `ValueError` where this one throws an
/// [IllegalStateException]. Not thread-safe: confined to the loop.
///
/// [1]: https://docs.python.org/3.14/library/asyncio-sync.html#boundedsemaphore
public final class BoundedSemaphore extends Semaphore {
  private final int bound;

  /// Creates a bounded semaphore with one slot.
  public BoundedSemaphore() {
    this(1);
  }

  /// Creates a bounded semaphore.
  ///
  /// @param value how many slots are free at first, and the most that can be free later
  /// @throws IllegalArgumentException if the value is negative
  public BoundedSemaphore(int value) {
    super(value);
    this.bound = value;
  }

  /// Frees a slot, which goes to the task that has waited longest. Returns immediately.
  ///
  /// @throws IllegalStateException if as many slots are free as there were at first
  @Override
  public void release() {
    if (value() >= bound) {
      throw new IllegalStateException(
          "Expected at most " + bound + " free slots, found one more released to " + this);
    }
    super.release();
  }

  /// Returns the state, how many slots are free and how many tasks wait, as in
  /// `BoundedSemaphore[unlocked, 3 free]` or `BoundedSemaphore[locked, 2 waiting]`.
  @Override
  public String toString() {
    return "BoundedSemaphore" + state();
  }
}
