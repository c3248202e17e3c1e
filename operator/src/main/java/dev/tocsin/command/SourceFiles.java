package dev.tocsin.command;

import dev.tocsin.importing.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the files and folders that a command line names, in the order of their names. */
final class SourceFiles {
    private static final String NOT_TEXT = "is not UTF-8 text";
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json", ".rules");

    private SourceFiles() {}

    /**
     * All sources.
     *
     * @throws IOException with a sentence for the user when one cannot be read
     */
    static List<Source> read(List<String> paths, InputStream standardInput) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String path : paths) {
            if (path.equals("-")) {
                sources.add(new Source("-", new String(standardInput.readAllBytes(), StandardCharsets.UTF_8), true));
            } else if (Files.isDirectory(Path.of(path))) {
                for (Path file : files(Path.of(path))) {
                    sources.add(found(file));
                }
            } else {
                sources.add(new Source(path, text(Path.of(path)), true));
            }
        }
        return sources;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A folder may hold anything; what is no text is for the reader of the folder to speak of. */
    private static Source found(Path file) throws IOException {
        try {
            return new Source(file.toString(), Files.readString(file), false);
        } catch (CharacterCodingException e) {
            return Source.unreadable(file.toString(), NOT_TEXT);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " " + NOT_TEXT, e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The template files that a configuration names: where it says, else in its own folder and those below it, for the
     * paths are those of the Alertmanager's machine.
     *
     * @return texts by file name
     */
    static Map<String, String> templates(String source, String pattern) {
        Map<String, String> texts = new TreeMap<>();
        if (source.equals("-") || source.contains(" ")) {
            return texts;
        }
        String name = pattern.substring(pattern.lastIndexOf('/') + 1);
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        Path folder = Path.of(source).toAbsolutePath().getParent();
        try (Stream<Path> found = Files.walk(folder == null ? Path.of(".") : folder, 3)) {
            for (Path file : found.filter(Files::isRegularFile)
                    .filter(path -> matcher.matches(path.getFileName()))
                    .sorted()
                    .toList()) {
                texts.putIfAbsent(file.getFileName().toString(), text(file));
            }
        } catch (IOException | UncheckedIOException e) {
            return Map.of();
        }
        return texts;
    }
}
