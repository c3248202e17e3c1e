package dev.tocsin.crds;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The objects under crds/src/test/resources: a folder per kind, valid-*.yaml and invalid-*.yaml in each. */
final class Cases {
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final Path FOLDER = Path.of("src/test/resources");
    private static final String EXPECT = "# expect: ";
    private static final Pattern YAML_BLOCK = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

    private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS = Map.of(
            "alertrule", AlertRule.class,
            "contactpoint", ContactPoint.class,
            "notificationpolicy", NotificationPolicy.class);

    private Cases() {}

    static Stream<Case> valid() {
        return cases("valid-");
    }

    static Stream<Case> invalid() {
        return cases("invalid-");
    }

    /** The documents of kind AlertRule, ContactPoint or NotificationPolicy in a folder and those below. */
    static Stream<Document> documents(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .flatMap(file -> Arrays.stream(read(file).split("(?m)^---$"))
                            .filter(yaml -> yaml.contains("\napiVersion: tocsin.dev/"))
                            .map(yaml -> new Document(folder.relativize(file).toString(), yaml)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The documents of these kinds in the YAML blocks of a Markdown file. */
    static Stream<Document> examples(Path markdown) {
        return YAML_BLOCK
                .matcher(read(markdown))
                .results()
                .flatMap(block -> Arrays.stream(block.group(1).split("(?m)^---$")))
                .filter(yaml -> yaml.strip().startsWith("apiVersion: tocsin.dev/"))
                .map(yaml -> new Document(markdown.getFileName().toString(), yaml));
    }

    private static Stream<Case> cases(String prefix) {
        return KINDS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(kind -> list(FOLDER.resolve(kind.getKey())).stream()
                        .filter(file -> file.getFileName().toString().startsWith(prefix))
                        .map(file -> new Case(kind.getKey() + "/" + file.getFileName(), kind.getValue(), read(file))));
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An object as YAML text, and the file that it is in. */
    record Document(String file, String yaml) {}

    /** One object as YAML text, and what is to become of it. */
    record Case(String name, Class<? extends CustomResource<?, ?>> kind, String yaml) {
        /** What the API server must say, each a part of its message: the lines that begin with "# expect: ". */
        List<String> expected() {
            return yaml.lines()
                    .filter(line -> line.startsWith(EXPECT))
                    .map(line -> line.substring(EXPECT.length()))
                    .toList();
        }
    }
}
