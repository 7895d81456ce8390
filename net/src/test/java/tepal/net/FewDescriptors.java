// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static tepal.net.Network.HOST;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;
import tepal.Asyncio;
import tepal.EventLoop;

/// An echo server that is started with fewer descriptors than it has clients. It says its port,
/// and each time that accepting fails.
final class FewDescriptors {
  private FewDescriptors() {}

  public static void main(String... arguments) throws IOException {
    // A class that is in a directory cannot be loaded without a descriptor.
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(entry))) {
        loadAll(Path.of(entry));
      }
    }
    // Nor can the JDK's logger find its time zone.
    String _ = String.format("%1$tb %1$tT", ZonedDateTime.now(ZoneId.systemDefault()));
    Asyncio.run(() -> {
      EventLoop loop = Asyncio.getRunningLoop();
      loop.setExceptionHandler((_, error) -> System.out.println(error.message()));
      Net.builder(loop).transport(NetTransport.valueOf(arguments[0])).build();
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withBacklog(1000))) {
        System.out.println(Network.port(server));
        server.serveForever();
      }
    });
  }

  private static void loadAll(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.toString().endsWith("-info.class"))
          .filter(file -> !file.toString().contains("Test"))
          .toList();
    }
    for (Path file : files) {
      String name = directory.relativize(file).toString().replace(File.separatorChar, '.');
      try {
        Class.forName(name.substring(0, name.length() - ".class".length()));
      } catch (ClassNotFoundException | LinkageError _) {
        // what is not needed either
      }
    }
  }
}
