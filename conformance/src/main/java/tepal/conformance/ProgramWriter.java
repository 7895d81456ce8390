// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Writes programs as JSON, one a line, as they are read.
final class ProgramWriter {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private ProgramWriter() {}

  static String line(Sample sample) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", sample.id());
    fields.put("program", program(sample.program()));
    fields.put("trace", sample.trace());
    return MAPPER.writeValueAsString(fields);
  }

  private static Map<String, Object> program(Program program) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("objects", declarations(program.declarations()));
    fields.put("main", ops(program.main()));
    return fields;
  }

  private static Map<String, Object> declarations(Declarations declarations) {
    var semaphores = new LinkedHashMap<String, Object>();
    declarations
        .semaphores()
        .forEach((name, slots) -> semaphores.put(name, List.of(slots.value(), slots.bounded())));
    var queues = new LinkedHashMap<String, Object>();
    declarations.queues().forEach((name, store) -> {
      String order = store.order().name().toLowerCase(Locale.ROOT);
      queues.put(name, List.of(order, store.maxsize()));
    });
    var fields = new LinkedHashMap<String, Object>();
    fields.put("locks", declarations.locks());
    fields.put("semaphores", semaphores);
    fields.put("events", declarations.events());
    fields.put("conditions", declarations.conditions());
    fields.put("queues", queues);
    fields.put("barriers", declarations.barriers());
    fields.put("futures", declarations.futures());
    fields.put("vars", declarations.vars());
    return fields;
  }

  private static List<Object> ops(List<Op> ops) {
    return ops.stream().<Object>map(ProgramWriter::op).toList();
  }

  private static List<@Nullable Object> op(Op op) {
    var array = new ArrayList<@Nullable Object>();
    array.add(op.word());
    switch (op) {
      case Op.Return end -> array.add(end.value());
      case Op.Raise raise -> array.add(raise.error());
      case Op.Try attempt -> array.add(attempt(attempt));
      case Op.Repeat repeat -> addAll(array, repeat.times(), ops(repeat.body()));
      case Op.Limit limit -> addAll(array, limit.ticks(), ops(limit.body()));
      case Op.Group group ->
        addAll(
            array, group.children().stream().map(ProgramWriter::child).toList(), ops(group.body()));
      case Op.Hold hold -> addAll(array, hold.name(), ops(hold.body()));
      case Op.Spawn spawn ->
        addAll(array, spawn.child().name(), ops(spawn.child().body()));
      case Op.Schedule schedule -> {
        if (schedule.delay() != null) {
          array.add(schedule.delay());
        }
        addAll(array, schedule.label(), ops(schedule.body()));
      }
      case Op.Gather gather ->
        addAll(
            array,
            gather.participants().stream().map(ProgramWriter::participant).toList(),
            gather.returnExceptions());
      case Op.WaitFor waitFor -> addAll(array, participant(waitFor.participant()), waitFor.ticks());
      case Op.Wait wait ->
        addAll(array, wait.names(), wait.ticks(), wait.until().name());
      case Op.AsCompleted each -> addAll(array, each.names(), each.ticks());
      case Op.Shutdown shutdown -> addAll(array, shutdown.queue(), shutdown.immediate());
      case Op.Plain plain -> array.addAll(plain.arguments());
    }
    return array;
  }

  private static Map<String, Object> attempt(Op.Try attempt) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("body", ops(attempt.body()));
    putIfThere(fields, "cancelled", attempt.cancelled());
    putIfThere(fields, "error", attempt.error());
    putIfThere(fields, "finally", attempt.last());
    if (attempt.reraise()) {
      fields.put("reraise", true);
    }
    return fields;
  }

  private static void putIfThere(Map<String, Object> fields, String key, @Nullable List<Op> arm) {
    if (arm != null) {
      fields.put(key, ops(arm));
    }
  }

  private static Object participant(Participant participant) {
    return switch (participant) {
      case Child child -> child(child);
      case Participant.Named named -> named.name();
    };
  }

  private static Map<String, Object> child(Child child) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("name", child.name());
    fields.put("body", ops(child.body()));
    return fields;
  }

  private static void addAll(List<@Nullable Object> array, @Nullable Object... values) {
    for (Object value : values) {
      array.add(value);
    }
  }
}
