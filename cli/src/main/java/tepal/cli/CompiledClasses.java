// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a source file was compiled to.
///
/// @param mainClass the name of its first class
/// @param files the class files by the names of their classes
record CompiledClasses(String mainClass, Map<String, byte[]> files) {

  void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(mainClass);
    out.writeInt(files.size());
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      out.writeUTF(each.getKey());
      out.writeInt(each.getValue().length);
      out.write(each.getValue());
    }
  }

  static CompiledClasses readFrom(DataInputStream in) throws IOException {
    String mainClass = in.readUTF();
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      files.put(name, in.readNBytes(in.readInt()));
    }
    return new CompiledClasses(mainClass, files);
  }
}
