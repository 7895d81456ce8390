// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Programs that were compiled before, in a directory that belongs to one build of the
/// library: a program that has not changed is not compiled again.
final class ProgramCache {
  /*
   * One file per slot, and a program's path chooses its slot, so that there are never more than SLOTS
   * files. What is found there counts only if it was made from the same path and the same bytes by
   * the same JDK; otherwise it is replaced. Files come into being by a rename, so that programs that
   * start at once see a whole one or none. A cache that cannot be read or written is no
   * reason not to run a program.
   */
  private static final int SLOTS = 256;

  // null if there is nowhere to keep anything
  private final @Nullable Path directory;

  ProgramCache(@Nullable Path directory) {
    this.directory = directory;
  }

  /// Returns the cache in the directory that the system property `tepal.programs` names;
  /// without it, one that keeps nothing.
  static ProgramCache ofThisInstallation() {
    String directory = System.getProperty("tepal.programs");
    return new ProgramCache(directory == null ? null : Path.of(directory));
  }

  /// Returns the classes of `source`, compiling it if it is not known.
  ///
  /// @param source the program
  /// @param messages where the compiler writes its errors
  /// @throws CannotRunException if it does not compile
  CompiledClasses classesOf(SourceFile source, Writer messages)
      throws IOException, CannotRunException {
    if (directory == null) {
      return SourceCompiler.compile(source, messages);
    }
    String key = System.getProperty("java.vm.version") + " " + source.path().toAbsolutePath();
    Path slot = directory.resolve(Integer.toHexString(Math.floorMod(key.hashCode(), SLOTS)));
    CompiledClasses known = find(slot, key, source);
    if (known != null) {
      return known;
    }
    CompiledClasses compiled = SourceCompiler.compile(source, messages);
    keep(slot, key, source, compiled);
    return compiled;
  }

  private static @Nullable CompiledClasses find(Path slot, String key, SourceFile source) {
    if (!Files.exists(slot)) {
      return null;
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(slot)))) {
      boolean same =
          in.readUTF().equals(key) && Arrays.equals(in.readNBytes(in.readInt()), bytes(source));
      return same ? CompiledClasses.readFrom(in) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private void keep(Path slot, String key, SourceFile source, CompiledClasses compiled) {
    Path scratch = null;
    try {
      Files.createDirectories(slot.getParent());
      scratch = Files.createTempFile(slot.getParent(), "new", null);
      try (var out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(scratch)))) {
        out.writeUTF(key);
        byte[] bytes = bytes(source);
        out.writeInt(bytes.length);
        out.write(bytes);
        compiled.writeTo(out);
      }
      Path _ = Files.move(scratch, slot, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      discard(scratch);
    }
  }

  private static byte[] bytes(SourceFile source) {
    return source.text().getBytes(StandardCharsets.UTF_8);
  }

  private static void discard(@Nullable Path scratch) {
    if (scratch != null) {
      boolean _ = scratch.toFile().delete();
    }
  }
}
