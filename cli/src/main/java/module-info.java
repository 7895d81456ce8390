// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/// The `tepal` command. Exports nothing: it is started, not called.
@NullMarked
module tepal.cli {
  requires info.picocli;
  requires jdk.compiler;
  requires jdk.jshell;
  requires org.jline.reader;
  requires static org.jspecify;

  // read at run time by the programs that the command compiles
  requires tepal;
  requires tepal.net;

  opens tepal.cli to
      info.picocli;
}
