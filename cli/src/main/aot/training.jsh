int double_(int n) { sleep(Duration.ofMillis(1)); return 2 * n; }
double_(21)
record Pair(String name, int value) {}
var task = createTask(() -> { sleep(Duration.ofMillis(5)); return new Pair("a", 1); })
task.await()
List.of("a", "b").stream().map(String::toUpperCase).toList()
sleep(Duration.ofMillis(10)); IO.print("")
unknown()
double_(1) / 0
