package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import io.fabric8.generator.annotation.Required;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java types and the schema agree on what may be missing. */
class RequiredTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                AlertRuleSpec.class,
                AlertRuleStatus.class,
                ContactPointSpec.class,
                ContactPointStatus.class,
                NotificationPolicySpec.class,
                NotificationPolicyStatus.class
            })
    void aComponentIsEitherNullableOrRequired(Class<?> type) {
        List<String> faults = new ArrayList<>();

        inspect(type, new HashSet<>(), faults);

        assertThat(faults).isEmpty();
    }

    private static void inspect(Class<?> type, Set<Class<?>> seen, List<String> faults) {
        if (!type.isRecord() || !seen.add(type)) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            boolean required = component.getAccessor().isAnnotationPresent(Required.class);
            if (nullable == required) {
                faults.add(type.getSimpleName() + "." + component.getName());
            }
            inspect(component.getType(), seen, faults);
            if (component.getAnnotatedType() instanceof AnnotatedParameterizedType generic) {
                for (AnnotatedType argument : generic.getAnnotatedActualTypeArguments()) {
                    if (argument.getType() instanceof Class<?> element) {
                        inspect(element, seen, faults);
                    }
                }
            }
        }
    }
}
