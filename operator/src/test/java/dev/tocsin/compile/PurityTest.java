package dev.tocsin.compile;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** What is pure stays pure. */
@AnalyzeClasses(packages = "dev.tocsin", importOptions = ImportOption.DoNotIncludeTests.class)
class PurityTest {

    @ArchTest
    static final ArchRule NOTHING_PURE_TALKS_TO_KUBERNETES_OR_THE_NETWORK = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.tocsin.compile..", "dev.tocsin.place..", "dev.tocsin.importing..", "dev.tocsin.exporting..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "java.net.http..");

    @ArchTest
    static final ArchRule NOTHING_PURE_LOOKS_AT_THE_CLOCK = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.tocsin.compile..", "dev.tocsin.place..", "dev.tocsin.importing..", "dev.tocsin.exporting..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule NO_TENANTS_REGEX_MEETS_AN_EXPONENTIAL_ENGINE = noClasses()
            .that()
            .resideInAPackage("dev.tocsin.compile.delivery..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.regex..");
}
