package dev.tocsin.vet;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.vet.ScratchFolder.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks amtool, the command of the Alertmanager that is shipped (v0.31.1): <code>check-config</code> with one file per
 * changed object, all in one call, and <code>template render</code> with sample alerts for each template.
 *
 * <p>Answers are kept by content, so that what did not change is asked about once.
 */
public final class Amtool implements ConfigurationVetter {
    private static final int FILES_PER_CALL = 500;
    private static final int TEMPLATES_PER_CALL = 50;
    private static final int CACHED_ANSWERS = 20_000;

    /** A usual template takes 0.02 s and 20 MiB, of which most is amtool itself. */
    private static final Limits RENDERING = new Limits(Duration.ofSeconds(2), 96, 1);

    /** For all templates of a contact point: where they render, hundreds take some tens of calls. */
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(10);

    /** amtool takes a text as an argument, of which Linux takes 128 KiB. */
    private static final int LONGEST_TEXT = 125_000;

    private final Path binary;
    private final Duration longestTrial;
    private final Map<Object, Optional<String>> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Optional<String>> eldest) {
            return size() > CACHED_ANSWERS;
        }
    };

    /** @param binary the amtool of the Alertmanager's version; an alertmanager beside it is used for trial starts */
    public Amtool(Path binary) {
        this(binary, LONGEST_TRIAL);
    }

    /** @param longestTrial for all templates of one contact point */
    Amtool(Path binary, Duration longestTrial) {
        this.binary = binary;
        this.longestTrial = longestTrial;
    }

    @Override
    public synchronized Map<ContactPointFragment, Verdict.Refused> refusedContactPoints(
            Collection<ContactPointFragment> fragments) {
        Map<ContactPointFragment, Verdict.Refused> refused = new HashMap<>();
        check(fragments, fragment -> AlertmanagerConfiguration.only(fragment).toYaml())
                .forEach((fragment, error) -> refused.put(fragment, refusedByEngine(fragment.redacted(error))));
        // Of what is wrong in both ways the template is told: its message names the field.
        for (ContactPointFragment fragment : fragments) {
            firstBadTemplate(fragment).ifPresent(verdict -> refused.put(fragment, verdict));
        }
        return refused;
    }

    @Override
    public synchronized Map<PolicyFragment, Verdict.Refused> refusedPolicies(Collection<PolicyFragment> fragments) {
        Map<PolicyFragment, Verdict.Refused> refused = new HashMap<>();
        check(fragments, fragment -> AlertmanagerConfiguration.only(fragment).toYaml())
                .forEach((fragment, error) -> refused.put(fragment, refusedByEngine(error)));
        return refused;
    }

    @Override
    public synchronized boolean failsOn(Collection<TemplateText> templates, String data) {
        return templates.stream()
                .anyMatch(template -> template.isTemplate()
                        && error(rendering(template, data)).isPresent());
    }

    @Override
    public Optional<String> objection(String yaml) {
        try (ScratchFolder folder = new ScratchFolder()) {
            return Optional.ofNullable(checkFiles(folder, List.of(yaml)).get(0));
        } catch (IOException e) {
            throw cannotBeAsked(e);
        }
    }

    @Override
    public Optional<String> objectionAtStart(String yaml) {
        Path alertmanager = binary.resolveSibling("alertmanager");
        try {
            return Files.isExecutable(alertmanager) ? new TrialStart(alertmanager).objection(yaml) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("alertmanager could not be tried: " + e.getMessage(), e);
        }
    }

    private static Verdict.Refused refusedByEngine(String error) {
        return new Verdict.Refused(Reason.RefusedByEngine, "Alertmanager refuses it: " + error);
    }

    private Optional<Verdict.Refused> firstBadTemplate(ContactPointFragment fragment) {
        renderTogether(fragment);
        long deadline = System.nanoTime() + longestTrial.toNanos();
        for (TemplateText template : fragment.templates()) {
            for (TemplateSample sample : TemplateSample.of(template, fragment)) {
                if (System.nanoTime() - deadline > 0) {
                    return Optional.of(
                            new Verdict.Refused(
                                    Reason.InvalidTemplate,
                                    "spec.receivers: its templates take more than " + longestTrial.toSeconds()
                                            + " s to be tried, and meanwhile all other edits wait; make them fewer or simpler"));
                }
                Optional<String> error = render(template, sample.data());
                if (error.isPresent()) {
                    return Optional.of(new Verdict.Refused(
                            Reason.InvalidTemplate,
                            template.path() + ": does not render" + sample.when() + ": "
                                    + fragment.redacted(template.explained(error.get()))));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Finds in a few calls that templates render, which nearly all do. What does not render together is left to be told
     * apart.
     */
    private void renderTogether(ContactPointFragment fragment) {
        Map<Batch, List<TemplateText>> batches = new LinkedHashMap<>();
        for (TemplateText template : fragment.templates()) {
            for (TemplateSample sample : TemplateSample.of(template, fragment)) {
                if (template.canBeJoined() && !answers.containsKey(rendering(template, sample.data()))) {
                    batches.computeIfAbsent(new Batch(template.blocks(), sample), batch -> new ArrayList<>())
                            .add(template);
                }
            }
        }
        batches.forEach((batch, templates) -> {
            for (int start = 0; start < templates.size(); start += TEMPLATES_PER_CALL) {
                renderTogether(
                        batch.sample(),
                        templates.subList(start, Math.min(templates.size(), start + TEMPLATES_PER_CALL)));
            }
        });
    }

    private void renderTogether(TemplateSample sample, List<TemplateText> templates) {
        if (templates.size() > 1
                && error(new Rendering(TemplateText.together(templates), false, sample.data()))
                        .isEmpty()) {
            templates.forEach(template -> answers.put(rendering(template, sample.data()), Optional.empty()));
        }
    }

    private static Rendering rendering(TemplateText template, String data) {
        return new Rendering(template.text(), template.html(), data);
    }

    /** What amtool says against each, for those that it refuses. */
    private <F> Map<F, String> check(Collection<F> fragments, Function<F, String> yamlOf) {
        Map<F, String> yamls = new LinkedHashMap<>();
        fragments.forEach(fragment -> yamls.put(fragment, yamlOf.apply(fragment)));
        List<String> unknown = yamls.values().stream()
                .distinct()
                .filter(yaml -> !answers.containsKey(yaml))
                .toList();
        for (int start = 0; start < unknown.size(); start += FILES_PER_CALL) {
            List<String> batch = unknown.subList(start, Math.min(unknown.size(), start + FILES_PER_CALL));
            try (ScratchFolder folder = new ScratchFolder()) {
                Map<Integer, String> errors = checkFiles(folder, batch);
                for (int i = 0; i < batch.size(); i++) {
                    answers.put(batch.get(i), Optional.ofNullable(errors.get(i)));
                }
            } catch (IOException e) {
                throw cannotBeAsked(e);
            }
        }
        Map<F, String> refused = new HashMap<>();
        yamls.forEach((fragment, yaml) ->
                answers.getOrDefault(yaml, Optional.empty()).ifPresent(error -> refused.put(fragment, error)));
        return refused;
    }

    /** Errors by the index of the file. */
    private Map<Integer, String> checkFiles(ScratchFolder folder, List<String> yamls) throws IOException {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "check-config"));
        for (int i = 0; i < yamls.size(); i++) {
            command.add(folder.write(i + ".yaml", yamls.get(i)).toString());
        }
        ScratchFolder.Answer answer = folder.run(command);
        Map<Integer, String> errors = errors(folder, answer.output());
        if ((answer.exitStatus() != 0) == errors.isEmpty()) {
            throw new IOException("exit status " + answer.exitStatus() + ": " + answer.output());
        }
        return errors;
    }

    /** Each file's part begins with its name, which no user's text can hold. */
    private static Map<Integer, String> errors(ScratchFolder folder, String output) {
        String lead = "Checking '" + folder.path() + "/";
        Pattern failed = Pattern.compile("(?s)^([0-9]+)\\.yaml'  FAILED: (.*)");
        Map<Integer, String> errors = new HashMap<>();
        for (int at = output.indexOf(lead); at >= 0; ) {
            int next = output.indexOf(lead, at + 1);
            Matcher matcher = failed.matcher(output.substring(at + lead.length(), next < 0 ? output.length() : next));
            if (matcher.find()) {
                errors.put(Integer.parseInt(matcher.group(1)), withoutSummary(matcher.group(2)));
            }
            at = next;
        }
        return errors;
    }

    private static String withoutSummary(String error) {
        int summary = error.indexOf("amtool: error: failed to validate");
        return (summary < 0 ? error : error.substring(0, summary)).strip();
    }

    /** What is wrong with a template; empty when it renders. */
    private Optional<String> render(TemplateText template, String data) {
        Rendering rendering = rendering(template, data);
        Optional<String> known = answers.get(rendering);
        if (known != null) {
            return known;
        }
        Optional<String> error = error(rendering);
        answers.put(rendering, error);
        return error;
    }

    private Optional<String> error(Rendering rendering) {
        if (rendering.text().getBytes(StandardCharsets.UTF_8).length > LONGEST_TEXT) {
            return Optional.of("it is longer than " + LONGEST_TEXT + " bytes");
        }
        try (ScratchFolder folder = new ScratchFolder()) {
            ScratchFolder.Answer answer = folder.run(
                    List.of(
                            binary.toString(),
                            "template",
                            "render",
                            "--template.glob=" + folder.path() + "/*.tmpl",
                            "--template.data=" + folder.write("data.json", rendering.data()),
                            "--template.type=" + (rendering.html() ? "html" : "text"),
                            "--template.text=" + rendering.text()),
                    RENDERING);
            return answer.exitStatus() == 0
                    ? Optional.empty()
                    : Optional.of(answer.output().replace("amtool: error: ", "").strip());
        } catch (ScratchFolder.TooMuchException e) {
            return Optional.of("it takes " + e.getMessage());
        } catch (IOException e) {
            throw cannotBeAsked(e);
        }
    }

    private record Rendering(String text, boolean html, String data) {}

    private record Batch(String blocks, TemplateSample sample) {}

    private static UncheckedIOException cannotBeAsked(IOException e) {
        return new UncheckedIOException("amtool could not be run: " + e.getMessage(), e);
    }
}
