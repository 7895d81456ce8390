// SPDX-License-Identifier: Apache-2.0
package tepal.process;

/// What a child wrote, as [Subprocess#communicate()] returns it.
///
/// Mirrors the pair that `Process.communicate` returns.
public final class SubprocessOutput {
  private final byte[] stdout;
  private final byte[] stderr;

  SubprocessOutput(byte[] stdout, byte[] stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /// Returns what the child wrote to its standard output.
  ///
  /// @return the bytes; none if that was not a pipe
  public byte[] stdout() {
    return stdout;
  }

  /// Returns what the child wrote to its standard error.
  ///
  /// @return the bytes; none if that was not a pipe of its own
  public byte[] stderr() {
    return stderr;
  }

  /// Returns how much there is, as in `SubprocessOutput[stdout=12 bytes, stderr=0 bytes]`.
  @Override
  public String toString() {
    return "SubprocessOutput[stdout=%d bytes, stderr=%d bytes]"
        .formatted(stdout.length, stderr.length);
  }
}
