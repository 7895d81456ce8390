// SPDX-License-Identifier: Apache-2.0
//
// Generators that take values, return a result and delegate to each other: what was sent to the
// outer one reaches the inner one, and the inner one's result comes back.
//
//   ./tepal run examples/SubGenerators.java

import tepal.*;

void main() {
  var report = new TreeMap<String, Object>();
  try (var reporting = averages(report, "girls", "boys")) {
    reporting.next();
    for (double height : List.of(1.25, 1.75, 1.5)) {
      IO.println("average so far: " + reporting.send(height));
    }
    reporting.send(null); // ends the girls
    reporting.send(1.5);
    reporting.send(1.75);
    reporting.send(null);
  }
  IO.println(report);

  var tree = new Tree(new Tree(null, 1, null), 2, new Tree(new Tree(null, 3, null), 4, null));
  IO.println(tree.inOrder().stream().toList());
}

Generator<Double> averages(Map<String, Object> report, String... groups) {
  return Generator.of(self -> {
    for (String group : groups) {
      report.put(group, self.yieldFrom(average()));
    }
    self.yield(0.0);
  });
}

// Yields the average of what it was sent; returns it when it is sent nothing.
Generator<Double> average() {
  return Generator.returning(self -> {
    double sum = 0;
    int count = 0;
    while (self.yield(count == 0 ? 0 : sum / count) instanceof Double next) {
      sum += next;
      count++;
    }
    return sum / count + " of " + count;
  });
}

record Tree(Tree left, int value, Tree right) {
  Generator<Integer> inOrder() {
    return Generator.of(self -> {
      if (left != null) self.yieldFrom(left.inOrder());
      self.yield(value);
      if (right != null) self.yieldFrom(right.inOrder());
    });
  }
}
