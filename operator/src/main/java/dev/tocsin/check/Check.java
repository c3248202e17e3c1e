package dev.tocsin.check;

import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.Tree;
import dev.tocsin.vet.Amtool;
import dev.tocsin.vet.ExpressionCheck;
import dev.tocsin.vet.RuleVetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The whole check: the API server's validation first; what passes is compiled and shown to the engines; what that comes to
 * is asked who would be told; then the unit tests.
 */
public final class Check {
    private final Path engines;
    private final Settings settings;

    /**
     * @param engines folder with vmalert, vmalert-tool, amtool, alertmanager and tocsin-admission
     */
    public Check(Path engines, Settings settings) {
        this.engines = engines;
        this.settings = settings;
    }

    /**
     * What the check goes by.
     *
     * @param configuration the operator's, or defaults
     * @param isConfigurationKnown whether it is the operator's
     * @param expressionCheck asks datasources about expressions
     * @param defaultNamespace of objects that name none
     */
    public record Settings(
            OperatorConfiguration configuration,
            boolean isConfigurationKnown,
            ExpressionCheck expressionCheck,
            String defaultNamespace) {}

    /**
     * Checks.
     *
     * @throws IOException if an engine cannot be run
     * @throws java.io.UncheckedIOException if an engine cannot be run
     */
    public Outcome run(List<Source> sources) throws IOException {
        CheckedFiles files = new CheckedFiles(settings.defaultNamespace(), sources);
        List<Finding> findings = new ArrayList<>(files.findings());
        List<Outcome.Subject> subjects = new ArrayList<>(
                files.objects().stream().map(CheckedObject::subject).toList());

        Set<CheckedObject> refused = new HashSet<>();
        new Admission(engines.resolve("tocsin-admission"))
                .check(files.objects())
                .forEach((object, errors) -> {
                    findings.addAll(errors);
                    if (!errors.isEmpty()) {
                        refused.add(object);
                    }
                });

        RuleCompiler compiler = new RuleCompiler(settings.configuration());
        List<CheckedObject> rules = files.objects("AlertRule").stream()
                .filter(object -> !refused.contains(object))
                .toList();
        RuleCheck.Result result = new RuleCheck(
                        compiler,
                        new RuleVetter(
                                engines.resolve("vmalert"), settings.configuration(), settings.expressionCheck()))
                .check(rules);
        findings.addAll(result.findings());

        DeliveryCheck delivery = new DeliveryCheck(
                new Amtool(engines.resolve("amtool")),
                settings.isConfigurationKnown()
                        ? Optional.of(settings.configuration().delivery())
                        : Optional.empty());
        Assembly assembly = delivery.check(files, refused);
        findings.addAll(delivery.findings());
        List<String> routes = routes(files, rules, result.labels(), assembly, findings);

        UnitTests tests = new UnitTests(engines.resolve("vmalert-tool"), compiler, settings.defaultNamespace());
        for (Tree document : files.tests()) {
            tests.run(document);
        }
        findings.addAll(tests.findings());
        subjects.addAll(tests.subjects());
        if (subjects.isEmpty() && findings.isEmpty()) {
            sources.stream().filter(Source::named).map(Check::nothingToCheck).forEach(findings::add);
        }
        findings.sort(Comparator.comparing(Finding::source).thenComparingInt(Finding::line));
        return new Outcome(subjects, findings, routes);
    }

    private static Finding nothingToCheck(Source source) {
        return new Finding(
                Severity.warning,
                Topic.yaml,
                source.name(),
                0,
                "",
                "",
                "there is nothing in it that is checked: check reads Tocsin's objects and unit tests; rule files of"
                        + " Prometheus only where rule_files of a test names them, import converts them");
    }

    /** Who would be told; files without any policy are not about delivery, which is then somewhere else. */
    private static List<String> routes(
            CheckedFiles files,
            List<CheckedObject> rules,
            Map<ObjectKey, Map<String, String>> labels,
            Assembly assembly,
            List<Finding> findings) {
        List<String> sentences = new ArrayList<>();
        if (files.objects("NotificationPolicy").isEmpty()) {
            return sentences;
        }
        Routing routing = new Routing(assembly.configuration());
        for (CheckedObject rule : rules) {
            Map<String, String> known = labels.get(rule.key());
            if (known == null) {
                continue;
            }
            Forecast forecast = routing.forecast(known);
            if (forecast.contactPoints().isEmpty()) {
                findings.add(rule.finding(
                        Severity.warning,
                        Topic.route,
                        "",
                        "its alerts reach nobody: no NotificationPolicy among the files takes them"));
            } else {
                sentences.add(rule.name() + " tells " + String.join(", ", forecast.contactPoints())
                        + (forecast.mayReachNobody() ? "; depending on labels of the series, nobody" : ""));
            }
        }
        return sentences;
    }
}
