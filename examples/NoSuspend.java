// SPDX-License-Identifier: Apache-2.0
//
// Between two waits nothing else runs: a scope that says so, and fails if that stops being true.
//
//   ./tepal run examples/NoSuspend.java

import static tepal.Asyncio.*;

import java.util.HashMap;

Map<String, Integer> balances = new HashMap<>(Map.of("alice", 100, "bob", 0));

void main() {
  run(() -> {
    transfer("alice", "bob", 30);
    IO.println("alice has " + balances.get("alice") + ", bob has " + balances.get("bob"));
    try {
      transfer("alice", "bob", 60);
    } catch (IllegalStateException e) {
      IO.println("refused: " + e.getMessage());
    }
    IO.println("alice has " + balances.get("alice") + ", bob has " + balances.get("bob"));
  });
}

void transfer(String from, String to, int amount) {
  noSuspend(() -> {
    if (amount > 50) {
      askTheBank(); // somebody added this without thinking of the others
    }
    balances.merge(from, -amount, Integer::sum);
    balances.merge(to, amount, Integer::sum);
  });
}

void askTheBank() {
  sleep(Duration.ofMillis(100));
}
