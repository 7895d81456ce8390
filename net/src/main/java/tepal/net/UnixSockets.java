// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// The files of Unix sockets.
final class UnixSockets {
  // S_IFMT and S_IFSOCK of inode(7)
  private static final int TYPE = 0xf000;
  private static final int SOCKET = 0xc000;

  private UnixSockets() {}

  /// Removes the socket at a path, if there is one.
  ///
  /// @throws UncheckedIOException if there is anything else, which Netty's native transports
  ///     would delete
  static @Nullable Void removeStale(Path path) {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        if (!isSocket(path)) {
          throw new BindException("Expected a socket or nothing, found a file");
        }
        Files.delete(path);
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot replace the socket " + path, e);
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & TYPE) == SOCKET;
    }
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther();
  }
}
