// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// How to start a child process: the keyword arguments of `asyncio.create_subprocess_exec`.
///
/// Immutable: `SubprocessOptions.PIPES.stderr(Stdio.STDOUT).cwd(directory)`.
///
/// @param stdin where the child's standard input comes from
/// @param stdout where its standard output goes to
/// @param stderr where its standard error goes to
/// @param cwd its working directory; null for that of this process
/// @param env its environment variables, all of them; null for those of this process
/// @param limit the limit of the readers of its output, in bytes; see [StreamReader]
/// @param detached whether it is left alone when its [Subprocess] or its loop is closed
public record SubprocessOptions(
    Stdio stdin,
    Stdio stdout,
    Stdio stderr,
    @Nullable Path cwd,
    @Nullable Map<String, String> env,
    int limit,
    boolean detached) {

  /// The standard input and outputs of this process, its directory and environment, a limit
  /// of 64 KiB, not detached.
  public static final SubprocessOptions DEFAULT = new SubprocessOptions(
      Stdio.INHERIT,
      Stdio.INHERIT,
      Stdio.INHERIT,
      null,
      null,
      StreamReader.DEFAULT_LIMIT,
      /* detached= */ false);

  /// The same with pipes for standard input, output and error.
  public static final SubprocessOptions PIPES =
      DEFAULT.stdin(Stdio.PIPE).stdout(Stdio.PIPE).stderr(Stdio.PIPE);

  /// Checks the options.
  ///
  /// @throws IllegalArgumentException if standard input is what only output can be, standard
  ///     output is [Stdio#STDOUT], or the limit is not positive
  public SubprocessOptions {
    if (!stdin.isInput() || stdout == Stdio.STDOUT) {
      throw new IllegalArgumentException(
          "Expected %s for stderr only, and %s not for stdin; found stdin %s, stdout %s"
              .formatted(Stdio.STDOUT, "what is appended to", stdin, stdout));
    }
    if (limit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, found " + limit);
    }
    env = env == null ? null : Map.copyOf(env);
  }

  /// Returns these options with another standard input.
  ///
  /// @param newStdin where it comes from
  /// @return the new options
  /// @throws IllegalArgumentException if input cannot come from there
  public SubprocessOptions stdin(Stdio newStdin) {
    return new SubprocessOptions(newStdin, stdout, stderr, cwd, env, limit, detached);
  }

  /// Returns these options with another standard output.
  ///
  /// @param newStdout where it goes to
  /// @return the new options
  /// @throws IllegalArgumentException if it is [Stdio#STDOUT]
  public SubprocessOptions stdout(Stdio newStdout) {
    return new SubprocessOptions(stdin, newStdout, stderr, cwd, env, limit, detached);
  }

  /// Returns these options with another standard error.
  ///
  /// @param newStderr where it goes to; [Stdio#STDOUT] for where standard output goes to
  /// @return the new options
  public SubprocessOptions stderr(Stdio newStderr) {
    return new SubprocessOptions(stdin, stdout, newStderr, cwd, env, limit, detached);
  }

  /// Returns these options with another working directory.
  ///
  /// @param newCwd the directory
  /// @return the new options
  public SubprocessOptions cwd(Path newCwd) {
    return new SubprocessOptions(stdin, stdout, stderr, newCwd, env, limit, detached);
  }

  /// Returns these options with other environment variables, in place of those of this
  /// process.
  ///
  /// @param newEnv the variables; they are copied
  /// @return the new options
  public SubprocessOptions env(Map<String, String> newEnv) {
    return new SubprocessOptions(stdin, stdout, stderr, cwd, newEnv, limit, detached);
  }

  /// Returns these options with another limit for the readers of the child's output.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if it is not positive
  public SubprocessOptions limit(int newLimit) {
    return new SubprocessOptions(stdin, stdout, stderr, cwd, env, newLimit, detached);
  }

  /// Returns these options for a child that nobody kills unasked: closing its [Subprocess] or
  /// its loop closes its pipes and leaves it running. A start that is cancelled still leaves
  /// no child.
  ///
  /// @return the new options
  public SubprocessOptions asDetached() {
    return new SubprocessOptions(stdin, stdout, stderr, cwd, env, limit, /* detached= */ true);
  }

  /// Returns what starts a command so.
  ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectInput(stdin.input()).redirectOutput(stdout.output());
    if (stderr == Stdio.STDOUT) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(stderr.output());
    }
    if (cwd != null) {
      builder.directory(cwd.toFile());
    }
    if (env != null) {
      builder.environment().clear();
      builder.environment().putAll(env);
    }
    return builder;
  }
}
