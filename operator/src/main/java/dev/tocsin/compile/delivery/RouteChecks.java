package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.InhibitRule;
import dev.tocsin.api.v1alpha1.MatchOp;
import dev.tocsin.api.v1alpha1.Matcher;
import dev.tocsin.api.v1alpha1.Route;
import dev.tocsin.compile.PromDuration;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can be said against a node of a routing tree or an inhibition rule: each check is one thing for which
 * Alertmanager v0.31.1 would refuse everybody's configuration.
 */
final class RouteChecks {
    private static final String ALL_LABELS = "...";

    private final Set<String> timings;
    private final Objections objections;
    private final List<RouteCheck> checks = List.of(
            this::contactPointIsMalformed,
            this::groupByIsMalformed,
            this::intervalIsMalformed,
            this::matcherIsMalformed,
            this::timingIsUndefined);

    /** @param timings names that the policy defines */
    RouteChecks(Set<String> timings, Objections objections) {
        this.timings = timings;
        this.objections = objections;
    }

    @FunctionalInterface
    private interface RouteCheck {
        void check(String path, Route route);
    }

    void check(String path, Route route) {
        checks.forEach(check -> check.check(path, route));
    }

    void check(String path, InhibitRule rule) {
        matchersAreMissing(path + ".source", rule.source());
        matchersAreMissing(path + ".target", rule.target());
        matchersAreMalformed(path + ".source", rule.source());
        matchersAreMalformed(path + ".target", rule.target());
        List<String> equal = listOf(rule.equal());
        for (int i = 0; i < equal.size(); i++) {
            labelIsMalformed(path + ".equal[" + i + "]", equal.get(i));
        }
    }

    /** Without one, alerts that the policy takes but none of its routes wants would reach nobody. */
    void rootHasNoContactPoint(Route route) {
        if (route.contactPoint() == null) {
            objections.invalid("spec.route.contactPoint", "is missing; name the ContactPoint that is told by default");
        }
    }

    private void contactPointIsMalformed(String path, Route route) {
        String reference = route.contactPoint();
        if (reference != null
                && (reference.isBlank()
                        || reference.startsWith("/")
                        || reference.endsWith("/")
                        || reference.chars().filter(c -> c == '/').count() > 1)) {
            objections.invalid(path + ".contactPoint", "must be a name, or namespace/name");
        }
    }

    private void groupByIsMalformed(String path, Route route) {
        List<String> groupBy = listOf(route.groupBy());
        if (groupBy.contains(ALL_LABELS) && groupBy.size() > 1) {
            objections.invalid(path + ".groupBy", "\"...\" means all labels and stands alone; remove the others");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < groupBy.size(); i++) {
            String label = groupBy.get(i);
            if (!ALL_LABELS.equals(label)) {
                labelIsMalformed(path + ".groupBy[" + i + "]", label);
            }
            if (!seen.add(label)) {
                objections.invalid(path + ".groupBy[" + i + "]", "\"" + label + "\" comes twice; remove one");
            }
        }
    }

    private void intervalIsMalformed(String path, Route route) {
        duration(path + ".groupWait", route.groupWait());
        aboveZero(path + ".groupInterval", route.groupInterval());
        aboveZero(path + ".repeatInterval", route.repeatInterval());
    }

    private void aboveZero(String path, @Nullable String text) {
        if (duration(path, text).filter(Duration::isZero).isPresent()) {
            objections.invalid(path, "must be above zero");
        }
    }

    private Optional<Duration> duration(String path, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Optional<Duration> duration = PromDuration.parse(text);
        if (duration.isEmpty() || duration.get().compareTo(Duration.ofDays(365L * 100)) > 0) {
            objections.invalid(path, "must be a duration such as 30s, 5m or 4h");
        }
        return duration;
    }

    private void matcherIsMalformed(String path, Route route) {
        matchersAreMalformed(path + ".matchers", route.matchers());
    }

    private void matchersAreMalformed(String path, @Nullable List<Matcher> matchers) {
        List<Matcher> list = listOf(matchers);
        for (int i = 0; i < list.size(); i++) {
            matcherIsMalformed(path + "[" + i + "]", list.get(i));
        }
    }

    private void matcherIsMalformed(String path, Matcher matcher) {
        if (matcher.op() == null) {
            objections.invalid(path + ".op", "is missing; use one of = != =~ !~");
        }
        if (matcher.value() == null) {
            objections.invalid(path + ".value", "is missing; an empty text matches a missing label");
        }
        labelIsMalformed(path + ".label", matcher.label());
        if (matcher.value() != null) {
            Texts.controlCharacter(matcher.value()).ifPresent(problem -> objections.invalid(path + ".value", problem));
        }
        if (matcher.value() != null && (matcher.op() == MatchOp.REGEX || matcher.op() == MatchOp.NOT_REGEX)) {
            regexIsMalformed(path + ".value", matcher.value());
        }
    }

    private void regexIsMalformed(String path, String regex) {
        Regexes.problem(regex).ifPresent(problem -> objections.invalid(path, problem));
    }

    private void matchersAreMissing(String path, @Nullable List<Matcher> matchers) {
        if (listOf(matchers).isEmpty()) {
            objections.invalid(path, "is empty and would match every alert; give at least one matcher");
        }
    }

    private void labelIsMalformed(String path, @Nullable String label) {
        if (label == null || !Texts.isLabelName(label)) {
            objections.invalid(path, "is not a label name; use letters, digits and underscores");
        }
    }

    private void timingIsUndefined(String path, Route route) {
        timingsAreUndefined(path + ".muteTimings", listOf(route.muteTimings()));
        timingsAreUndefined(path + ".activeTimings", listOf(route.activeTimings()));
    }

    private void timingsAreUndefined(String path, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            if (!timings.contains(names.get(i))) {
                objections.invalid(
                        path + "[" + i + "]", "\"" + names.get(i) + "\" is not defined; add it to spec.muteTimings");
            }
        }
    }

    private static <T> List<T> listOf(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
