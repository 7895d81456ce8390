// SPDX-License-Identifier: Apache-2.0
package tepal;

/// Lets a platform thread keep the monitors that it holds while it carries virtual threads.
final class HeldMonitors {
  /*
   * HotSpot keeps the monitors of a thread that nobody else has asked for in a short list of the platform
   * thread, its lock stack. When a virtual thread yields, the whole list goes away with its stack [1],
   * as a carrier of the JDK's own holds none. What the frames below hold, those that called `run`,
   * goes too: it is held no more, until that virtual thread goes on.
   *
   * The list has room for eight. When one more is entered, the oldest is moved out of the list to a
   * place of its own, where it stays. So entering eight others moves out whatever was there.
   *
   * [1] `FreezeBase::freeze_lockstack`, src/hotspot/share/runtime/continuationFreezeThaw.cpp, JDK 25
   */
  private static final int LOCK_STACK_CAPACITY = 8;

  // for one thread at a time: that others asked for would not be in its list
  private final Object[] others = new Object[LOCK_STACK_CAPACITY];

  HeldMonitors() {
    for (int i = 0; i < others.length; i++) {
      others[i] = new Object();
    }
  }

  /// Moves what the current thread holds to where it stays. Called before it carries anything.
  void settle() {
    enter(0);
  }

  private void enter(int depth) {
    if (depth < others.length) {
      synchronized (others[depth]) {
        enter(depth + 1);
      }
    }
  }
}
