package dev.tocsin.crds;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The objects under crds/src/test/resources: a folder per kind, valid-*.yaml and invalid-*.yaml in each. */
final class Cases {
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final Path FOLDER = Path.of("src/test/resources");
    private static final String EXPECT = "# expect: ";

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

    /** One object as YAML text. */
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
