// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/// Where a child's standard input comes from, or its standard output or error goes to.
///
/// Mirrors what the arguments `stdin`, `stdout` and `stderr` of
/// `asyncio.create_subprocess_exec` may be: `PIPE`, `DEVNULL`, `STDOUT`, a file, or `None`,
/// which is [#INHERIT] here.
public final class Stdio {
  private static final File NULL_DEVICE = new File(ExitCode.POSIX ? "/dev/null" : "NUL");

  /// A pipe between this process and the child.
  public static final Stdio PIPE = new Stdio("pipe", Redirect.PIPE, Redirect.PIPE);

  /// The same as this process has.
  public static final Stdio INHERIT = new Stdio("inherit", Redirect.INHERIT, Redirect.INHERIT);

  /// Nothing: input is at its end, output is dropped.
  public static final Stdio DEVNULL =
      new Stdio("devnull", Redirect.from(NULL_DEVICE), Redirect.DISCARD);

  /// For standard error only: the same as standard output.
  public static final Stdio STDOUT = new Stdio("stdout", Redirect.PIPE, Redirect.PIPE);

  private final String name;
  private final Redirect input;
  private final Redirect output;

  private Stdio(String name, Redirect input, Redirect output) {
    this.name = name;
    this.input = input;
    this.output = output;
  }

  /// Returns a file: input is read from it, output replaces what it has.
  ///
  /// @param path the file; for output it is created if need be
  /// @return where to redirect to
  public static Stdio file(Path path) {
    File file = path.toFile();
    return new Stdio("file " + path, Redirect.from(file), Redirect.to(file));
  }

  /// Returns a file that output is appended to.
  ///
  /// @param path the file, which is created if need be
  /// @return where to redirect to; not for standard input
  public static Stdio appendTo(Path path) {
    Redirect append = Redirect.appendTo(path.toFile());
    return new Stdio("append to " + path, append, append);
  }

  /// Whether input can come from this.
  boolean isInput() {
    return this != STDOUT && input.type() != Redirect.Type.APPEND;
  }

  Redirect input() {
    return input;
  }

  Redirect output() {
    return output;
  }

  /// Returns what it is, as in `Stdio[pipe]`.
  @Override
  public String toString() {
    return "Stdio[" + name + "]";
  }
}
