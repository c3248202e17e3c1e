package dev.tocsin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The documents know what the code knows, and their links lead somewhere. */
class DocumentsTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Path SOURCES = Path.of("src/main/java/dev/tocsin");
    private static final Pattern REASON =
            Pattern.compile("(?:Truth\\.\\w+,|_REASON =|[^_]reason =)\\s*\"([A-Z]\\w+)\"");
    private static final Pattern METRIC = Pattern.compile("\"(tocsin(?:\\.[a-z]+)+)\"");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");

    @Test
    void theUserGuideExplainsEveryReason() {
        Set<String> reasons = new TreeSet<>(all(REASON, SOURCES.resolve("status")));
        Arrays.stream(Verdict.Reason.values()).map(Enum::name).forEach(reasons::add);
        assertThat(reasons).as("reasons found in the code").contains("Publishing", "NotLive", "NothingSent");

        String guide = read(REPOSITORY.resolve("docs/user-guide.md"));

        assertThat(reasons)
                .filteredOn(reason -> !guide.contains("`" + reason + "`"))
                .as("not explained")
                .isEmpty();
    }

    @Test
    void theOperationsGuideListsEveryMetric() {
        Set<String> metrics = all(METRIC, SOURCES);
        assertThat(metrics).as("metrics found in the code").isNotEmpty();

        String guide = read(REPOSITORY.resolve("docs/operations.md"));

        assertThat(metrics)
                .filteredOn(metric -> !guide.contains("| `" + metric.replace('.', '_')))
                .as("not listed")
                .isEmpty();
    }

    @Test
    void theOperationsGuideListsEveryFieldOfTheConfiguration() {
        Set<String> fields = new TreeSet<>();
        addFields(OperatorConfiguration.class, fields);

        String guide = read(REPOSITORY.resolve("docs/operations.md"));

        assertThat(fields)
                .filteredOn(field -> !Pattern.compile("[`.]" + field + "[`.\\[]")
                        .matcher(guide)
                        .find())
                .as("not listed")
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyRelativeLinkLeadsSomewhere() throws IOException {
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            return files
                    .filter(file ->
                            file.toString().endsWith(".md") && !file.toString().contains("/target/"))
                    .sorted()
                    .toList()
                    .stream()
                    .map(file -> DynamicTest.dynamicTest(
                            REPOSITORY.relativize(file).toString(),
                            () -> assertThat(links(file)).allSatisfy(link -> leadsSomewhere(file, link))));
        }
    }

    private static void leadsSomewhere(Path file, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        assertThat(target).exists();
        if (hash >= 0) {
            assertThat(anchors(target)).contains(link.substring(hash + 1));
        }
    }

    private static List<String> links(Path file) {
        return LINK.matcher(withoutCode(file))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
    }

    private static List<String> anchors(Path file) {
        return HEADING.matcher(withoutCode(file))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .toList();
    }

    private static String withoutCode(Path file) {
        return CODE_BLOCK.matcher(read(file)).replaceAll("");
    }

    private static void addFields(Type type, Set<String> fields) {
        switch (type) {
            case ParameterizedType generic ->
                Arrays.stream(generic.getActualTypeArguments()).forEach(argument -> addFields(argument, fields));
            case Class<?> record
            when record.isRecord() -> {
                for (RecordComponent component : record.getRecordComponents()) {
                    JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
                    fields.add(named == null ? component.getName() : named.value());
                    addFields(component.getGenericType(), fields);
                }
            }
            default -> {}
        }
    }

    private static Set<String> all(Pattern pattern, Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> found = new TreeSet<>();
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                Matcher matcher = pattern.matcher(read(file));
                while (matcher.find()) {
                    found.add(matcher.group(1));
                }
            });
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
